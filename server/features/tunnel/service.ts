import type { TunnelAgent, TunnelStats } from '#contract/tunnel'
import { fromCursor, toCursor } from '#server/db/page'

type Sessions = { stats: () => Omit<TunnelStats, 'nodes'>; list: () => TunnelAgent[] }

/** What a platform administrator sees of the connections, of all organizations. */
export function createTunnelService({ sessions, countNodes }: { sessions: Sessions; countNodes: () => Promise<number> }) {
  return {
    stats: async (): Promise<TunnelStats> => ({ ...sessions.stats(), nodes: await countNodes() }),
    /** The machine that joined last comes first. */
    listAgents({ cursor, limit = 50 }: { cursor?: string; limit?: number }) {
      const before = fromCursor(cursor)
      const sorted = sessions
        .list()
        .filter(({ node_id }) => before === undefined || node_id < before)
        .sort((a, b) => (a.node_id < b.node_id ? 1 : -1))
      const items = sorted.slice(0, limit)
      const last = items.at(-1)
      return { items, next_cursor: sorted.length > limit && last ? toCursor(last.node_id) : null }
    },
  }
}
export type TunnelService = ReturnType<typeof createTunnelService>
