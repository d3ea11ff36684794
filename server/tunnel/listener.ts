import type { AgentHello, Heartbeat, InstanceSpec, ObservedInstance, OutboxEvent } from '#contract/agent'
import type { Db } from '#server/db/schema'

/**
 * What a feature wants to know of the agents. `nodeId` is proven by the agent's token; everything else is what the agent
 * claims, so effects are always limited to `where node_id = nodeId`. All messages have passed their schema.
 */
export type AgentListener = {
  /** First of all, once a session. */
  onHello: (nodeId: string, hello: AgentHello, remoteAddress: string) => Promise<void>
  /** The servers that this machine must run. Asked once a session, after the hello and before its events. */
  onSync: (nodeId: string) => Promise<InstanceSpec[]>
  /** What the agent says of its servers: in its hello, and again in its answer to the sync. */
  onObserved: (nodeId: string, observed: ObservedInstance[]) => Promise<void>
  /**
   * One event of the outbox, exactly once. `db` is the transaction that also notes the event as applied: no network in
   * it. What it returns runs after the commit, which is the place to publish.
   */
  onEvent: (db: Db, nodeId: string, event: OutboxEvent) => Promise<(() => void) | void>
  /** Every five seconds. Keep it cheap. */
  onHeartbeat: (nodeId: string, heartbeat: Heartbeat) => void
  /**
   * `connected` after each sync; `lost` once when the machine has been away for longer than a reconnect takes, and soon
   * after our own start for each machine that did not come back.
   */
  onState: (nodeId: string, state: 'connected' | 'lost') => Promise<void>
}
