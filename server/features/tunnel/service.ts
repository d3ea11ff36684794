import type { TunnelAgent, TunnelStats } from '#contract/tunnel'
import { fromCursor, toCursor } from '#server/db/page'

type Nodes = { count: () => Promise<number>; namesOf: (ids: string[]) => Promise<Map<string, string>> }
type Sessions = { stats: () => Omit<TunnelStats, 'nodes'>; list: () => TunnelAgent[] }

/** What a platform administrator sees of the connections, of all organizations. */
export function createTunnelService({ sessions, nodes }: { sessions: Sessions; nodes: Nodes }) {
  return {
    stats: async (): Promise<TunnelStats> => ({ ...sessions.stats(), nodes: await nodes.count() }),
    /** The machine that joined last comes first. */
    async listAgents({ cursor, limit = 50 }: { cursor?: string; limit?: number }) {
      const before = fromCursor(cursor)
      const sorted = sessions
        .list()
        .filter(({ node_id }) => before === undefined || node_id < before)
        .sort((a, b) => (a.node_id < b.node_id ? 1 : -1))
      const page = sorted.slice(0, limit)
      const names = await nodes.namesOf(page.map(({ node_id }) => node_id))
      const items = page.map((agent) => ({ ...agent, node_name: names.get(agent.node_id) ?? agent.node_name }))
      const last = items.at(-1)
      return { items, next_cursor: sorted.length > limit && last ? toCursor(last.node_id) : null }
    },
  }
}
export type TunnelService = ReturnType<typeof createTunnelService>
