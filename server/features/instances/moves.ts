import type { InstanceSpec } from '#contract/agent'
import { resolveInstance } from '#contract/resolve'
import { isoNow } from '#server/clock'
import type { Db } from '#server/db/schema'
import { conflict, notFound } from '#server/errors'
import type { Caller } from '#server/http/caller'
import { stateChanged } from './changes.ts'
import type { Delivery } from './delivery.ts'
import type { Deps } from './deps.ts'
import type { Documents } from './documents.ts'
import { createPortPlanner } from './port-planner.ts'
import type { TakenPort } from './ports.ts'
import { checkPlacement } from './settings.ts'
import { requireStill } from './still.ts'
import * as store from './store.ts'
import type { InstanceRow, PlacementNode, PlannedPort } from './store.ts'

type Parts = { documents: Documents; delivery: Delivery }
type Begin = {
  instanceId: string
  targetNodeId: string
  migrationId: string
  /** Host ports by port name, where a plan wants others than it has. */
  ports: Readonly<Record<string, number>>
  listening: readonly TakenPort[]
}

/** What a server’s move to another machine changes in it. The move itself is a feature of its own; only here it meets servers. */
export function createMoves({ db, clock, publish, log, agents, reopenSockets }: Deps, { documents, delivery }: Parts) {
  const { askListening, planFor } = createPortPlanner({ log, agents })

  const documentOf = async (db: Db, row: InstanceRow) => (await documents(db, [row]))(row)

  async function getMoving(db: Db, id: string, migrationId: string): Promise<InstanceRow> {
    const row = await store.findById(db, id)
    if (row?.migration_id === migrationId) return row
    throw conflict('instance_not_moving', 'This server is not there any more, or it is not being moved.')
  }

  async function getNode(db: Db, organization_id: string, id: string): Promise<PlacementNode> {
    const node = await store.findNode(db, organization_id, id)
    if (!node) throw notFound('node_not_found', 'There is no such machine.')
    return node
  }

  /** The numbers it has, where they are within the machine’s range; what its owner chose outside of every range is kept too. */
  async function choosePorts(
    db: Db,
    row: InstanceRow,
    node: PlacementNode,
    { ports, listening }: Pick<Begin, 'ports' | 'listening'>,
  ): Promise<PlannedPort[]> {
    const source = await getNode(db, row.organization_id, row.node_id)
    const isIn = ({ port_start, port_end }: PlacementNode, port: number) => port >= port_start && port <= port_end
    const coming = (await store.listPorts(db, [row.id]))
      .map((port) => ({ ...port, host_port: ports[port.name] ?? port.host_port }))
      .filter(({ host_port }) => isIn(node, host_port) || !isIn(source, host_port))
    return planFor(db, {
      node,
      document: await documentOf(db, row),
      overrides: {},
      listening,
      instanceId: row.id,
      coming,
    })
  }

  const toPlanned = (ports: readonly store.PortRow[]): PlannedPort[] =>
    ports.map(({ name, container_port, host_port, protocol, is_primary }) => ({
      name,
      container_port,
      host_port,
      protocol,
      is_primary: is_primary === 1,
    }))

  const tell = (row: InstanceRow, state: InstanceRow['state'], stage: string | null = null) =>
    publish(stateChanged(row, { state, state_reason: null, stage, percent: null }, { isCounted: true }))

  return {
    askListening,
    /** Those of a machine that could move now. */
    async listMovable(db: Db, nodeId: string): Promise<string[]> {
      const rows = await store.listInstancesOfNode(db, nodeId)
      const isFree = ({ deleting_at, migration_id, state }: InstanceRow) =>
        deleting_at === null && migration_id === null && state !== 'creating' && state !== 'installing'
      return rows.filter(isFree).map(({ id }) => id)
    },
    /**
     * Decides on a move, in the transaction that notes it: from now on nobody else changes this server. Whoever may empty a machine
     * may move all that is on it, also what they do not see otherwise.
     */
    async begin(db: Db, caller: Caller, { instanceId, targetNodeId, migrationId, ...wishes }: Begin) {
      const row = await store.findInstance(db, caller.organization_id, instanceId)
      if (!row) throw notFound('instance_not_found', 'There is no such server.')
      requireStill(row)
      if (row.state === 'creating' || row.state === 'installing') {
        throw conflict('instance_installing', `${row.name} is being installed. Wait until that is done, then move it.`)
      }
      const node = await getNode(db, caller.organization_id, targetNodeId)
      if (node.id === row.node_id) throw conflict('same_node', `${row.name} is on ${node.name} already.`)
      checkPlacement({ ...node, cordoned: 0, draining: 0 }, await documentOf(db, row))
      const ports = await choosePorts(db, row, node, wishes)
      await store.setMigration(db, row.id, null, migrationId)
      return {
        name: row.name,
        created_by: row.created_by,
        source: { id: row.node_id, name: row.node_name },
        target: { id: node.id, name: node.name },
        was_running: row.desired_state === 'running',
        ports,
        source_ports: toPlanned(await store.listPorts(db, [row.id])),
      }
    },
    /** Chooses once more, when something else listens there by now. */
    async chooseAgain(db: Db, id: string, migrationId: string, targetNodeId: string, listening: readonly TakenPort[]) {
      const row = await getMoving(db, id, migrationId)
      const node = await getNode(db, row.organization_id, targetNodeId)
      return choosePorts(db, row, node, { ports: {}, listening })
    },
    /** What its new machine will hold: newer than all that the old one was ever told. */
    async specFor(id: string, migrationId: string, ports: readonly PlannedPort[], power: 'running' | 'stopped') {
      const row = await getMoving(db, id, migrationId)
      return resolveInstance({
        document: await documentOf(db, row),
        instance: {
          id: row.id,
          generation: row.generation + 1,
          name: row.name,
          ports: ports.map(({ name, container_port, host_port, protocol }) => ({
            name,
            container_port,
            host_port,
            protocol,
          })),
          variables: JSON.parse(row.variables) as Record<string, string>,
          env: JSON.parse(row.env) as Record<string, string>,
          limits: { cpu: row.cpu, memory_bytes: row.memory_bytes },
        },
        initial_power: power,
      }) satisfies InstanceSpec
    },
    /** From here on no machine says how it is. */
    async freeze(id: string, migrationId: string): Promise<void> {
      const row = await getMoving(db, id, migrationId)
      if (row.state === 'migrating') return
      await store.updateInstance(db, id, { state: 'migrating', state_reason: null, stage: null })
      tell(row, 'migrating')
    },
    /** The one moment in which it changes hands. False when one of its ports was given away; then nothing has changed. */
    async switchTo(db: Db, id: string, migrationId: string, from: string, to: string, ports: readonly PlannedPort[]) {
      const row = await getMoving(db, id, migrationId)
      if (row.node_id !== from) throw conflict('instance_elsewhere', `${row.name} is not where it was.`)
      if (!(await store.replacePorts(db, id, to, ports))) return false
      await store.updateInstance(db, id, {
        node_id: to,
        generation: row.generation + 1,
        state: 'migrating',
        running_generation: null,
        container_id: null,
        pid: null,
        started_at: null,
        updated_at: isoNow(clock),
      })
      return true
    },
    /** Its machine may speak for it again; what it says first corrects this. */
    async thaw(db: Db, id: string, state: 'starting' | 'stopped'): Promise<void> {
      const row = await store.findById(db, id)
      if (row?.state !== 'migrating') return
      await store.updateInstance(db, id, { state, state_reason: null, stage: null })
    },
    /** People may change it again. */
    end: (db: Db, id: string, migrationId: string) => store.setMigration(db, id, migrationId, null),
    deliver: delivery.deliver,
    reopenSockets,
  }
}
export type InstanceMoves = ReturnType<typeof createMoves>
