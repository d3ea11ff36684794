import type { ObservedInstance, OutboxEvent } from '#contract/agent'
import type { Db } from '#server/db/schema'
import { inTransaction } from '#server/db/open'
import type { AgentListener } from '#server/tunnel/listener'
import { stateChanged } from './changes.ts'
import type { Delivery } from './delivery.ts'
import type { Deps } from './deps.ts'
import * as store from './store.ts'
import type { InstanceRow } from './store.ts'
import type { Usage } from './usage.ts'
import { deploymentKinds, exitWords } from './words.ts'

const clip = (text: string | null, max: number) =>
  text !== null && text.length > max ? `${text.slice(0, max - 1)}…` : text
/** As it is kept. */
const exitOf = ({ exit }: ObservedInstance) =>
  exit && { code: exit.code, signal: clip(exit.signal, 32), oom: exit.oom, at: exit.at }
const keptExit = (observed: ObservedInstance) => observed.exit && JSON.stringify(exitOf(observed))
const isUp = (state: string) => state === 'running' || state === 'starting' || state === 'stopping'
const isDeploying = (state: string) => state === 'creating' || state === 'installing'

type Parts = { delivery: Delivery; usage: Usage; resumeDeletions: (nodeId: string) => Promise<void> }

/** Takes in what agents say of their servers. An agent speaks only for servers of its own machine. */
export function createObserver(
  { db, clock, log, audit, tasks, publish }: Deps,
  { delivery, usage, resumeDeletions }: Parts,
): Partial<AgentListener> {
  const strangers = new Set<string>()
  const synced = new Map<string, Map<string, number>>()

  /** While a sync is on its way its machine counts as away, so what changed meanwhile is told after it. */
  async function deliverNewer(nodeId: string) {
    const told = synced.get(nodeId)
    synced.delete(nodeId)
    for (const { id, generation } of await store.listInstancesOfNode(db, nodeId)) {
      if (told?.get(id) !== generation) void delivery.deliver(nodeId, id)
    }
  }

  /** A server that we do not know is left alone: it may be another control plane's, or one that was forgotten by force. */
  function noteStranger(nodeId: string, id: string) {
    const key = `${nodeId} ${id}`
    if (strangers.has(key) || strangers.size >= 10_000) return
    strangers.add(key)
    log.warn({ node_id: nodeId, instance_id: id }, 'a machine has a server that is not known here; it is left alone')
  }

  /** While it is deployed the task tells how far it is, and how it ended. */
  async function followTask(
    db: Db,
    row: InstanceRow,
    observed: ObservedInstance,
    activity: OutboxEvent['activity'],
  ): Promise<boolean> {
    if (!isDeploying(row.state) && !isDeploying(observed.state)) return false
    const failed = observed.state === 'error' || activity === 'instance.install_failed'
    for (const kind of deploymentKinds) {
      if (failed) {
        await tasks.finish(db, row.id, kind, clip(observed.reason, 1000) ?? 'The machine could not deploy it.')
      } else if (isDeploying(observed.state)) {
        await tasks.progress(db, row.id, kind, clip(observed.stage, 200), observed.percent)
      } else await tasks.finish(db, row.id, kind, null)
    }
    return true
  }

  /** Writes what changed; answers what to publish after the commit. */
  async function apply(db: Db, row: InstanceRow, observed: ObservedInstance, event?: OutboxEvent): Promise<() => void> {
    const state_reason = clip(observed.reason, 1000)
    const stage = clip(observed.stage, 200)
    const exit = exitOf(observed)
    await store.updateInstance(db, row.id, {
      state: observed.state,
      state_reason,
      stage,
      desired_state: observed.power,
      running_generation: observed.running_generation,
      container_id: clip(observed.container_id, 100),
      pid: observed.pid,
      started_at: observed.started_at,
      exit: exit && JSON.stringify(exit),
      crash_count: observed.crash_count,
      ...(typeof event?.crash_log === 'string' && { crash_log: event.crash_log }),
    })
    const activity = event?.activity ?? null
    const hasTask = await followTask(db, row, observed, activity)
    if (event && activity !== null) {
      await audit(db, {
        organization_id: row.organization_id,
        actor: { type: 'agent', id: row.node_id, name: row.node_name },
        action: activity,
        subject: { type: 'instance', id: row.id, name: row.name },
        reason: activity === 'instance.crashed' && exit ? exitWords(exit, row.memory_bytes) : state_reason,
        details: { state: observed.state, exit },
        // An agent's clock may be wrong; nothing happens in the future.
        at: new Date(Math.min(Date.parse(event.at) || clock.now(), clock.now())).toISOString(),
      })
    }
    const what = { isCounted: isUp(row.state) !== isUp(observed.state), hasTask, hasActivity: activity !== null }
    return () =>
      publish(stateChanged(row, { state: observed.state, state_reason, stage, percent: observed.percent }, what))
  }

  const isNews = (row: InstanceRow, observed: ObservedInstance) =>
    row.state !== observed.state ||
    row.state_reason !== clip(observed.reason, 1000) ||
    row.stage !== clip(observed.stage, 200) ||
    row.desired_state !== observed.power ||
    row.running_generation !== observed.running_generation ||
    row.pid !== observed.pid ||
    row.container_id !== clip(observed.container_id, 100) ||
    row.started_at !== observed.started_at ||
    row.crash_count !== observed.crash_count ||
    row.exit !== keptExit(observed)

  /** Between two machines neither of them says how it is; moves.ts does. */
  const isMoving = ({ state }: InstanceRow) => state === 'migrating'

  return {
    async onSync(nodeId) {
      const specs = await delivery.specsOf(db, nodeId)
      synced.set(nodeId, new Map(specs.map(({ id, generation }) => [id, generation])))
      return specs
    },

    async onObserved(nodeId, observed) {
      const after = await inTransaction(db, async (db) => {
        const rows = new Map((await store.listInstancesOfNode(db, nodeId)).map((row) => [row.id, row]))
        const todo: (() => void)[] = []
        for (const one of observed) {
          const row = rows.get(one.id)
          if (!row) noteStranger(nodeId, one.id)
          else if (!isMoving(row) && isNews(row, one)) todo.push(await apply(db, row, one))
        }
        return todo
      })
      for (const work of after) work()
    },

    async onEvent(db, nodeId, event) {
      const row = await store.findInstanceOfNode(db, nodeId, event.instance.id)
      if (row && isMoving(row)) return undefined
      if (row) return apply(db, row, event.instance, event)
      noteStranger(nodeId, event.instance.id)
      return undefined
    },

    onHeartbeat: (nodeId, heartbeat) => usage.note(nodeId, heartbeat),

    async onState(nodeId, state) {
      if (state === 'lost') usage.forgetNode(nodeId)
      if (state !== 'connected') return
      await deliverNewer(nodeId)
      await resumeDeletions(nodeId)
    },
  }
}
