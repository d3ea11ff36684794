import type { Instance, InstanceState } from '#contract/instances'

/** What the shell shows of a server. */
export type ServerLine = Pick<
  Instance,
  'id' | 'name' | 'state' | 'state_reason' | 'desired_state' | 'node_id' | 'crash_count'
> & {
  /** On this computer, so that it ends when the computer does. */
  isLocal: boolean
}

const active = new Set<InstanceState>(['running', 'starting', 'stopping'])

export const isActive = ({ state }: Pick<ServerLine, 'state'>): boolean => active.has(state)

/** Nothing on this computer runs or shall run, so nobody needs its agent. */
export const isIdle = (servers: readonly ServerLine[]): boolean =>
  servers.every((server) => !server.isLocal || (!isActive(server) && server.desired_state === 'stopped'))

/** Servers that crashed between two looks. A server seen for the first time has not crashed under our eyes. */
export function crashesBetween(before: readonly ServerLine[], after: readonly ServerLine[]): ServerLine[] {
  const known = new Map(before.map((server) => [server.id, server]))
  return after.filter((server) => {
    const was = known.get(server.id)
    if (!was) return false
    return (
      server.crash_count > was.crash_count ||
      (server.state === 'error' && was.state !== 'error' && was.state !== 'unknown')
    )
  })
}
