import type { Heartbeat } from '#contract/agent'
import type { InstanceUsage } from '#contract/instances'
import type { Clock } from '#server/clock'

/** Four heartbeats missed: what it used then says nothing about now. */
const STALE_MS = 20_000

/** What servers use, as of the last heartbeat of their machine. Kept by machine, so that none speaks for another's servers. */
export function createUsage(clock: Clock) {
  const byNode = new Map<string, { at: number; usage: Map<string, InstanceUsage | null> }>()
  return {
    note(nodeId: string, { instances }: Pick<Heartbeat, 'instances'>): void {
      byNode.set(nodeId, { at: clock.now(), usage: new Map(instances.map(({ id, usage }) => [id, usage])) })
    },
    of(nodeId: string, instanceId: string): InstanceUsage | null {
      const noted = byNode.get(nodeId)
      return noted && clock.now() - noted.at <= STALE_MS ? (noted.usage.get(instanceId) ?? null) : null
    },
    forgetNode: (nodeId: string) => byNode.delete(nodeId),
  }
}
export type Usage = ReturnType<typeof createUsage>
