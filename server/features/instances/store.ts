import { type Expression, type ExpressionBuilder, type Insertable, type SqlBool, sql, type Updateable } from 'kysely'
import type { InstancePort, InstanceState } from '#contract/instances'
import { likePattern } from '#server/db/page'
import type { Db, Schema } from '#server/db/schema'
import type { Visibility } from '#server/http/rights'

export interface InstancesTable {
  id: string
  organization_id: string
  workload_id: string
  workload_version: number
  node_id: string
  name: string
  /** JSON object, by env name: only what differs from the workload's defaults. */
  variables: string
  /** JSON object. */
  env: string
  cpu: number | null
  memory_bytes: number | null
  /** Grows with every change; the agent ignores an older one. */
  generation: number
  running_generation: number | null
  desired_state: 'running' | 'stopped'
  state: InstanceState
  state_reason: string | null
  stage: string | null
  container_id: string | null
  pid: number | null
  started_at: string | null
  /** JSON: InstanceExit. */
  exit: string | null
  crash_count: number
  crash_log: string | null
  created_by: string | null
  created_at: string
  updated_at: string
  /** Set while its agent is removing it. */
  deleting_at: string | null
  /** What becomes of its data then. */
  deleting_data: 'keep' | 'delete' | null
  /** While it moves: nobody else may change it. */
  migration_id: string | null
}

export interface InstancePortsTable {
  instance_id: string
  node_id: string
  name: string
  container_port: number
  host_port: number
  protocol: 'tcp' | 'udp'
  is_primary: number
}

const columns = [
  'instances.id',
  'instances.organization_id',
  'instances.workload_id',
  'instances.workload_version',
  'instances.node_id',
  'instances.name',
  'instances.variables',
  'instances.env',
  'instances.cpu',
  'instances.memory_bytes',
  'instances.generation',
  'instances.running_generation',
  'instances.desired_state',
  'instances.state',
  'instances.state_reason',
  'instances.stage',
  'instances.container_id',
  'instances.pid',
  'instances.started_at',
  'instances.exit',
  'instances.crash_count',
  'instances.created_by',
  'instances.created_at',
  'instances.updated_at',
  'instances.deleting_at',
  'instances.deleting_data',
  'instances.migration_id',
  'workloads.name as workload_name',
  'workloads.icon as workload_icon',
  'nodes.name as node_name',
  'nodes.address as node_address',
  'nodes.detected_address as node_detected_address',
  'nodes.is_local as node_is_local',
  'nodes.last_seen_at as node_last_seen_at',
] as const

/** An instance with the names that people know its workload and its machine by. */
const selectInstances = (db: Db) =>
  db
    .selectFrom('instances')
    .innerJoin('workloads', 'workloads.id', 'instances.workload_id')
    .innerJoin('nodes', 'nodes.id', 'instances.node_id')
    .select(columns)

export const findInstance = (db: Db, organization_id: string, id: string) =>
  selectInstances(db)
    .where('instances.id', '=', id)
    .where('instances.organization_id', '=', organization_id)
    .executeTakeFirst()
export type InstanceRow = NonNullable<Awaited<ReturnType<typeof findInstance>>>

/** Whoever asks: for what goes on by itself. */
export const findById = (db: Db, id: string) => selectInstances(db).where('instances.id', '=', id).executeTakeFirst()

/** One that an agent names: only if it is on the agent's own machine. */
export const findInstanceOfNode = (db: Db, node_id: string, id: string) =>
  selectInstances(db).where('instances.id', '=', id).where('instances.node_id', '=', node_id).executeTakeFirst()

export const listInstancesOfNode = (db: Db, node_id: string) =>
  selectInstances(db).where('instances.node_id', '=', node_id).orderBy('instances.id').execute()

export const listNamesOfNode = (db: Db, node_id: string) =>
  db.selectFrom('instances').select(['id', 'name', 'container_id']).where('node_id', '=', node_id).execute()

export const findCrashLog = async (db: Db, id: string) =>
  (await db.selectFrom('instances').select('crash_log').where('id', '=', id).executeTakeFirst())?.crash_log ?? null

export type InstanceFilter = {
  organization_id: string
  /** Null: every server of the organization. */
  visible_to: Visibility
  state: InstanceState | undefined
  /** Machines whose servers are `unknown` now. */
  offline_node_ids: readonly string[]
  node_id: string | undefined
  workload_id: string | undefined
  search: string | undefined
  before: string | undefined
  limit: number
}

type Columns = ExpressionBuilder<Pick<Schema, 'instances' | 'nodes' | 'workloads'>, 'instances' | 'nodes' | 'workloads'>

/** The same rule as `stateOf` in view.ts, for rows that are not read yet. */
function isInState(eb: Columns, state: InstanceState, offline: readonly string[]): Expression<SqlBool> {
  const isOffline = offline.length > 0 ? eb('instances.node_id', 'in', offline) : eb.lit(false)
  const isDeleting = eb('instances.deleting_at', 'is not', null)
  if (state === 'unknown') return eb.and([isOffline, eb('instances.state', '!=', 'creating')])
  if (state === 'creating') return eb('instances.state', '=', 'creating')
  const here = eb.not(isOffline)
  if (state === 'stopping') {
    return eb.and([
      here,
      eb('instances.state', '!=', 'creating'),
      eb.or([isDeleting, eb('instances.state', '=', 'stopping')]),
    ])
  }
  return eb.and([here, eb.not(isDeleting), eb('instances.state', '=', state)])
}

export const listInstances = (db: Db, filter: InstanceFilter) => {
  const { state, node_id, workload_id, search, before } = filter
  let query = selectInstances(db).where('instances.organization_id', '=', filter.organization_id)
  const { visible_to } = filter
  if (visible_to !== null) {
    query = query.where((eb) =>
      eb.or([
        eb('instances.created_by', '=', visible_to.user_id ?? ''),
        ...(visible_to.shared.length > 0 ? [eb('instances.id', 'in', visible_to.shared)] : []),
      ]),
    )
  }
  if (state !== undefined) query = query.where((eb) => isInState(eb, state, filter.offline_node_ids))
  if (node_id !== undefined) query = query.where('instances.node_id', '=', node_id)
  if (workload_id !== undefined) query = query.where('instances.workload_id', '=', workload_id)
  if (search !== undefined) {
    const pattern = likePattern(search.toLowerCase())
    query = query.where((eb) =>
      eb.or(
        (['instances.name', 'workloads.name', 'nodes.name'] as const).map(
          (column) => sql<SqlBool>`lower(${eb.ref(column)}) like ${pattern} escape '\\'`,
        ),
      ),
    )
  }
  if (before !== undefined) query = query.where('instances.id', '<', before)
  return query
    .orderBy('instances.id', 'desc')
    .limit(filter.limit + 1)
    .execute()
}

/** All ports of some instances, primary first. */
export const listPorts = async (db: Db, instance_ids: readonly string[]) =>
  instance_ids.length === 0
    ? []
    : db
        .selectFrom('instance_ports')
        .select(['instance_id', 'name', 'container_port', 'host_port', 'protocol', 'is_primary'])
        .where('instance_id', 'in', instance_ids)
        .orderBy('is_primary', 'desc')
        .orderBy('name')
        .orderBy('protocol')
        .execute()
export type PortRow = Awaited<ReturnType<typeof listPorts>>[number]

/** What is given out on a machine, and to whom; also what waits there for a server that moves. */
export const listTakenPorts = async (db: Db, node_id: string) => {
  const moving = await db
    .selectFrom('migrations')
    .select(['instance_id', 'instance_name', 'source_node_id', 'target_node_id', 'ports', 'source_ports'])
    .where('state', 'not in', ['done', 'failed', 'cancelled'])
    .where((eb) => eb.or([eb('source_node_id', '=', node_id), eb('target_node_id', '=', node_id)]))
    .execute()
  const waiting = moving.flatMap(({ ports, source_ports, target_node_id, instance_id, instance_name }) =>
    (JSON.parse(target_node_id === node_id ? ports : source_ports) as PlannedPort[]).map(({ host_port, protocol }) => ({
      host_port,
      protocol,
      instance_id,
      instance_name,
    })),
  )
  return [...(await listGivenPorts(db, node_id)), ...waiting]
}

const listGivenPorts = (db: Db, node_id: string) =>
  db
    .selectFrom('instance_ports')
    .innerJoin('instances', 'instances.id', 'instance_ports.instance_id')
    .select([
      'instance_ports.host_port',
      'instance_ports.protocol',
      'instance_ports.instance_id',
      'instances.name as instance_name',
    ])
    .where('instance_ports.node_id', '=', node_id)
    .execute()

export type PlannedPort = InstancePort & { is_primary: boolean }

/** Gives the ports out; false when another took one of them in the same moment. */
export async function replacePorts(
  db: Db,
  instance_id: string,
  node_id: string,
  ports: readonly PlannedPort[],
): Promise<boolean> {
  await db.deleteFrom('instance_ports').where('instance_id', '=', instance_id).execute()
  if (ports.length === 0) return true
  const rows = ports.map((port) => ({ ...port, instance_id, node_id, is_primary: port.is_primary ? 1 : 0 }))
  const given = await db
    .insertInto('instance_ports')
    .values(rows)
    .onConflict((on) => on.columns(['node_id', 'host_port', 'protocol']).doNothing())
    .returning('host_port')
    .execute()
  return given.length === rows.length
}

/** Undefined when the name is taken. */
export const insertInstance = (db: Db, row: Omit<Insertable<InstancesTable>, 'migration_id'>) =>
  db
    .insertInto('instances')
    .values(row)
    .onConflict((on) => on.columns(['organization_id', 'name']).doNothing())
    .returning('id')
    .executeTakeFirst()

/** Begins its move, or ends it; false when another move has it, or when it is where it should not be. */
export const setMigration = async (db: Db, id: string, from: string | null, to: string | null): Promise<boolean> =>
  (await db
    .updateTable('instances')
    .set({ migration_id: to })
    .where('id', '=', id)
    .where((eb) => (from === null ? eb('migration_id', 'is', null) : eb('migration_id', '=', from)))
    .returning('id')
    .executeTakeFirst()) !== undefined

export const updateInstance = (db: Db, id: string, change: Updateable<InstancesTable>) =>
  db.updateTable('instances').set(change).where('id', '=', id).execute()

/** Marks a deletion as begun; what was asked first counts. */
export const markDeleting = (db: Db, id: string, deleting_at: string, deleting_data: 'keep' | 'delete') =>
  db
    .updateTable('instances')
    .set({ deleting_at, deleting_data })
    .where('id', '=', id)
    .where('deleting_at', 'is', null)
    .execute()

export const deleteInstance = (db: Db, id: string) => db.deleteFrom('instances').where('id', '=', id).execute()

export const findInstanceByName = (db: Db, organization_id: string, name: string) =>
  db
    .selectFrom('instances')
    .select('id')
    .where('organization_id', '=', organization_id)
    .where('name', '=', name)
    .executeTakeFirst()

/** Names that begin like this, for choosing one that is free. */
export const listNamesLike = async (db: Db, organization_id: string, start: string) =>
  (
    await db
      .selectFrom('instances')
      .select('name')
      .where('organization_id', '=', organization_id)
      .where(sql<SqlBool>`name like ${likePattern(start).slice(1)} escape '\\'`)
      .execute()
  ).map(({ name }) => name)

export const findNode = (db: Db, organization_id: string, id: string) =>
  db
    .selectFrom('nodes')
    .select(['id', 'name', 'cordoned', 'draining', 'labels', 'capabilities', 'port_start', 'port_end', 'last_seen_at'])
    .where('organization_id', '=', organization_id)
    .where('id', '=', id)
    .executeTakeFirst()
export type PlacementNode = NonNullable<Awaited<ReturnType<typeof findNode>>>

/** How many servers of all organizations there are on each machine in each state. */
export const countStates = (db: Db) =>
  db
    .selectFrom('instances')
    .select((eb) => [
      'node_id',
      'state',
      sql<number>`deleting_at is not null`.as('is_deleting'),
      eb.fn.countAll<number>().as('n'),
    ])
    .groupBy(['node_id', 'state', sql`deleting_at is not null`])
    .execute()

/** Of some machines: the sum of what their servers may use. */
export const listPromisedMemory = async (db: Db, node_ids: readonly string[]) =>
  node_ids.length === 0
    ? []
    : db
        .selectFrom('instances')
        .select((eb) => ['node_id', eb.fn.sum<number>(eb.fn.coalesce('memory_bytes', eb.lit(0))).as('memory_bytes')])
        .where('node_id', 'in', node_ids)
        .where('desired_state', '=', 'running')
        .groupBy('node_id')
        .execute()

/** Every port that is given out on some machines. */
export const listPortsOf = async (db: Db, node_ids: readonly string[]) =>
  node_ids.length === 0
    ? []
    : db
        .selectFrom('instance_ports')
        .select(['node_id', 'host_port', 'protocol'])
        .where('node_id', 'in', node_ids)
        .execute()

export const listNodeIds = async (db: Db, organization_id: string) =>
  (await db.selectFrom('nodes').select('id').where('organization_id', '=', organization_id).execute()).map(
    ({ id }) => id,
  )

export const findWorkload = (db: Db, organization_id: string, id: string) =>
  db
    .selectFrom('workloads')
    .select(['id', 'name', 'version', 'document'])
    .where('organization_id', '=', organization_id)
    .where('id', '=', id)
    .executeTakeFirst()

const documents = {
  /** Every version that a workload ever had. */
  ofVersions: (db: Db, workload_ids: readonly string[]) =>
    db
      .selectFrom('workload_versions')
      .select(['workload_id', 'version', 'document'])
      .where('workload_id', 'in', workload_ids),
  /** The newest, which is on the workload itself. */
  ofWorkloads: (db: Db, workload_ids: readonly string[]) =>
    db.selectFrom('workloads').select(['id as workload_id', 'version', 'document']).where('id', 'in', workload_ids),
}

export const listDocuments = (db: Db, workload_ids: readonly string[], versions: readonly number[]) =>
  documents
    .ofVersions(db, workload_ids)
    .where('version', 'in', versions)
    .union(documents.ofWorkloads(db, workload_ids).where('version', 'in', versions))
    .execute()
