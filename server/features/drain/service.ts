import {
  type cordonNode,
  type drainNode,
  type getDrainPlan,
  listMigrations,
  type Migration,
} from '#contract/migrations'
import { type FleetNode, getNode, listNodes } from '#contract/nodes'
import type { Input, Output } from '#contract/operation'
import { type Audit, byCaller } from '#server/audit'
import type { Clock } from '#server/clock'
import { inTransaction } from '#server/db/open'
import type { Db } from '#server/db/schema'
import type { Publish } from '#server/events'
import type { Caller } from '#server/http/caller'
import { newId } from '#server/ids'
import { AppError } from '#server/errors'
import { type Leaving, planDrain, type Room, type Step } from './planner.ts'
import * as store from './store.ts'

/** What is left to the machine itself: its system and our agent. */
const MEMORY_SHARE = 0.95
/** Room on a disk that is not filled by moving servers there. */
const DISK_MARGIN = 512 * 1024 * 1024
const PAGE = 200

type Begin = {
  instanceId: string
  targetNodeId: string
  mode: Migration['mode']
  ports?: Readonly<Record<string, number>>
  drainId?: string | null
}
type Deps = {
  db: Db
  clock: Clock
  audit: Audit
  publish: Publish
  nodes: {
    get: (caller: Caller, id: string) => Promise<FleetNode>
    list: (
      caller: Caller,
      query: { cursor?: string; limit?: number },
    ) => Promise<{ items: FleetNode[]; next_cursor: string | null }>
  }
  servers: {
    ofMachine: (caller: Caller, nodeId: string, range: FleetNode['port_range']) => Promise<Leaving[]>
    promised: (
      nodeIds: readonly string[],
    ) => Promise<ReadonlyMap<string, { memory_bytes: number; ports: ReadonlySet<string> }>>
  }
  migrations: {
    begin: (db: Db, caller: Caller, wish: Begin) => Promise<string>
    kick: (ids: readonly string[]) => Promise<Migration[]>
    cancelOf: (drainId: string) => Promise<void>
    /** Has what an earlier move of a server left behind tidied up. */
    tidy: (instanceId: string) => Promise<unknown>
  }
}

function roomOf(
  node: FleetNode,
  promised: { memory_bytes: number; ports: ReadonlySet<string> } = { memory_bytes: 0, ports: new Set() },
): Room {
  const { memory_total_bytes: memory, disk_total_bytes: disk, usage } = node
  const used = Math.max(usage?.memory_bytes ?? 0, promised.memory_bytes)
  return {
    id: node.id,
    name: node.name,
    runtimes: node.capabilities.runtimes,
    labels: node.labels,
    memory_free: memory === null ? null : Math.max(0, memory * MEMORY_SHARE - used),
    disk_free: disk === null || usage === null ? null : Math.max(0, disk - usage.disk_bytes - DISK_MARGIN),
    range: node.port_range,
    taken: promised.ports,
  }
}

/** Machines are taken out of use, emptied, and taken back into use. */
export function createDrainService({ db, clock, audit, publish, nodes, servers, migrations }: Deps) {
  async function othersOf(caller: Caller, nodeId: string): Promise<FleetNode[]> {
    const found: FleetNode[] = []
    let cursor: string | undefined
    do {
      const page = await nodes.list(caller, { limit: PAGE, ...(cursor !== undefined && { cursor }) })
      found.push(...page.items)
      cursor = page.next_cursor ?? undefined
    } while (cursor !== undefined)
    return found.filter(
      ({ id, state, cordoned, draining }) => id !== nodeId && state === 'healthy' && !cordoned && !draining,
    )
  }

  async function planOf(caller: Caller, node: FleetNode): Promise<Step[]> {
    const [leaving, others] = await Promise.all([
      servers.ofMachine(caller, node.id, node.port_range),
      othersOf(caller, node.id),
    ])
    const promised = await servers.promised(others.map(({ id }) => id))
    return planDrain(
      leaving,
      others.map((other) => roomOf(other, promised.get(other.id))),
    )
  }

  const tell = (caller: Caller, id: string) =>
    publish({
      organization_id: caller.organization_id,
      kind: 'node.updated',
      subject: { type: 'node', id },
      stale: [listNodes, { operation: getNode, id }, listMigrations],
    })

  async function setUse(
    caller: Caller,
    { id, name }: Pick<FleetNode, 'id' | 'name'>,
    use: { cordoned: boolean; draining: boolean },
    action: string,
    details?: object,
  ): Promise<FleetNode> {
    await inTransaction(db, async (db) => {
      if (!(await store.setUse(db, id, use))) return
      await audit(db, { ...byCaller(caller), action, subject: { type: 'node', id, name }, details })
    })
    tell(caller, id)
    return nodes.get(caller, id)
  }

  return {
    async cordon(caller: Caller, id: string): Promise<Output<typeof cordonNode>> {
      const node = await nodes.get(caller, id)
      return setUse(caller, node, { cordoned: true, draining: node.draining }, 'node.cordoned')
    },

    async uncordon(caller: Caller, id: string): Promise<FleetNode> {
      const node = await nodes.get(caller, id)
      for (const drainId of await store.listDrainsUnderWay(db, id)) await migrations.cancelOf(drainId)
      return setUse(caller, node, { cordoned: false, draining: false }, 'node.uncordoned')
    },

    async plan(caller: Caller, id: string): Promise<Output<typeof getDrainPlan>> {
      return { steps: await planOf(caller, await nodes.get(caller, id)) }
    },

    /** What finds no place stays, and is told. Asked twice, the second time only what does not move yet is planned. */
    async drain(caller: Caller, id: string, input: Input<typeof drainNode>['body']): Promise<Output<typeof drainNode>> {
      const before = await nodes.get(caller, id)
      const drainId = newId(clock.now())
      // First, so that nobody deploys there while the plan is made.
      const node = await setUse(caller, before, { cordoned: before.cordoned, draining: true }, 'node.drain_begun', {
        drain_id: drainId,
      })
      const steps = await planOf(caller, node)
      const begun: string[] = []
      for (const [i, step] of steps.entries()) {
        if (step.target_node_id === null) continue
        const wish = {
          instanceId: step.instance_id,
          targetNodeId: step.target_node_id,
          mode: input?.mode ?? ('live' as const),
          ports: Object.fromEntries(step.ports.map(({ name, to }) => [name, to])),
          drainId,
        }
        try {
          await migrations.tidy(step.instance_id)
          begun.push(await inTransaction(db, (db) => migrations.begin(db, caller, wish)))
        } catch (error) {
          // Something changed since the plan was made: this one stays, the others go.
          if (!(error instanceof AppError)) throw error
          const none = { target_node_id: null, target_node_name: null, ports: [], code: null }
          steps[i] = { ...step, ...none, reason: error.message }
        }
      }
      return { node: await nodes.get(caller, id), steps, migrations: await migrations.kick(begun) }
    },
  }
}
export type DrainService = ReturnType<typeof createDrainService>
