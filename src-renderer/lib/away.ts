import type { FleetNode } from '#contract/nodes'

type Seen = Pick<FleetNode, 'state' | 'state_reason' | 'last_seen_at'>

/** How a machine's state says that nothing is heard of it, though its connection was not closed yet. */
const silent = /^Its agent is connected, but has been silent since (\d{4}-\d\d-\d\d) (\d\d:\d\d) UTC\.$/
const unheard = /^(?:Its agent is connected, but sends no heartbeats|Waiting for its agent to connect again)\.$/

/** Since when nothing is heard of a machine; undefined while it is there, and null where it is not known. */
export function awaySince({ state, state_reason: reason, last_seen_at: seen }: Seen): string | null | undefined {
  if (state === 'offline') return seen
  if (state !== 'unhealthy' || reason === null) return undefined
  const [, day, minute] = silent.exec(reason) ?? []
  if (day) return `${day}T${minute}:00Z`
  return unheard.test(reason) ? seen : undefined
}

export const isAway = (node: Seen): boolean => awaySince(node) !== undefined
