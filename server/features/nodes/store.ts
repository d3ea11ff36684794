import { type Insertable, sql, type Updateable } from 'kysely'
import { likePattern } from '#server/db/page'
import type { Db } from '#server/db/schema'

export interface NodesTable {
  id: string
  organization_id: string
  name: string
  /** SHA-256 of the agent's token. Never leaves this file. */
  token_hash: string
  is_local: number
  cordoned: number
  draining: number
  /** JSON object. */
  labels: string
  /** What an administrator set; else `detected_address` is shown. */
  address: string | null
  detected_address: string | null
  port_start: number
  port_end: number
  hostname: string | null
  platform: string | null
  arch: string | null
  os: string | null
  kernel: string | null
  cpu_cores: number | null
  memory_total_bytes: number | null
  disk_total_bytes: number | null
  agent_version: string | null
  engine_version: string | null
  /** JSON: NodeCapabilities. */
  capabilities: string
  /** JSON: NodeFeatures. Null until an agent told of them. */
  features: string | null
  records_terminals: number
  /** JSON: OpenSSH lines. What was shown first, or accepted since. */
  pinned_host_keys: string | null
  /** Grows with each tunnel session. */
  epoch: number
  /** The last outbox event of its agent that was applied. */
  event_seq: number
  last_seen_at: string | null
  created_at: string
}

export interface NodeRegisterTokensTable {
  token_hash: string
  organization_id: string
  name: string | null
  labels: string
  is_local: number
  created_by: string | null
  created_at: string
  expires_at: string
  used_at: string | null
  node_id: string | null
}

const publicColumns = [
  'nodes.id',
  'nodes.organization_id',
  'nodes.name',
  'nodes.is_local',
  'nodes.cordoned',
  'nodes.draining',
  'nodes.labels',
  'nodes.address',
  'nodes.detected_address',
  'nodes.port_start',
  'nodes.port_end',
  'nodes.hostname',
  'nodes.platform',
  'nodes.arch',
  'nodes.os',
  'nodes.kernel',
  'nodes.cpu_cores',
  'nodes.memory_total_bytes',
  'nodes.disk_total_bytes',
  'nodes.agent_version',
  'nodes.engine_version',
  'nodes.capabilities',
  'nodes.features',
  'nodes.records_terminals',
  'nodes.last_seen_at',
  'nodes.created_at',
] as const

const selectNodes = (db: Db) =>
  db.selectFrom('nodes').select((eb) => [
    ...publicColumns,
    eb
      .selectFrom('instances')
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .whereRef('instances.node_id', '=', 'nodes.id')
      .as('instance_count'),
    eb
      .selectFrom('instances')
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .whereRef('instances.node_id', '=', 'nodes.id')
      .where('instances.state', '=', 'running')
      .as('running_count'),
  ])
export type NodeRow = Awaited<ReturnType<typeof listNodes>>[number]

export const listNodes = (
  db: Db,
  filter: {
    organization_id: string
    search?: string | undefined
    before?: string | undefined
    /** Only these, or all but these: the state lives in memory. */
    only?: string[] | undefined
    except?: string[] | undefined
    limit: number
  },
) =>
  selectNodes(db)
    .where('nodes.organization_id', '=', filter.organization_id)
    .$if(filter.search !== undefined, (query) => {
      const pattern = likePattern((filter.search ?? '').toLowerCase())
      const matches = (column: 'nodes.name' | 'nodes.hostname') =>
        sql<boolean>`lower(${sql.ref(column)}) like ${pattern} escape '\\'`
      return query.where((eb) => eb.or([matches('nodes.name'), matches('nodes.hostname')]))
    })
    .$if(filter.before !== undefined, (query) => query.where('nodes.id', '<', filter.before ?? ''))
    .$if(filter.only !== undefined, (query) => query.where('nodes.id', 'in', filter.only ?? []))
    .$if((filter.except?.length ?? 0) > 0, (query) => query.where('nodes.id', 'not in', filter.except ?? []))
    .orderBy('nodes.id', 'desc')
    .limit(filter.limit + 1)
    .execute()

export const findNode = (db: Db, organization_id: string, id: string) =>
  selectNodes(db).where('nodes.id', '=', id).where('nodes.organization_id', '=', organization_id).executeTakeFirst()

/** For what concerns the machine itself, whoever asks. */
export const findNodeBrief = (db: Db, id: string) =>
  db
    .selectFrom('nodes')
    .select([
      'id',
      'organization_id',
      'name',
      'is_local',
      'agent_version',
      'engine_version',
      'capabilities',
      'features',
      'disk_total_bytes',
      'last_seen_at',
    ])
    .where('id', '=', id)
    .executeTakeFirst()

export const findLocalNode = (db: Db, organization_id: string) =>
  db
    .selectFrom('nodes')
    .select(['id', 'name'])
    .where('organization_id', '=', organization_id)
    .where('is_local', '=', 1)
    .limit(1)
    .executeTakeFirst()

/** The organization that this machine belongs to: the one it is in already, else the first there is. */
export const findHome = async (db: Db): Promise<string | undefined> => {
  const local = await db
    .selectFrom('nodes')
    .select('organization_id')
    .where('is_local', '=', 1)
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  return (
    local?.organization_id ??
    (await db.selectFrom('organizations').select('id').orderBy('id').limit(1).executeTakeFirst())?.id
  )
}

export const findByTokenHash = (db: Db, token_hash: string) =>
  db
    .selectFrom('nodes')
    .select(['id as node_id', 'organization_id', 'name as node_name'])
    .where('token_hash', '=', token_hash)
    .executeTakeFirst()

export const listBriefs = (db: Db) => db.selectFrom('nodes').select(['id', 'last_seen_at']).execute()

export const listNames = (db: Db, organization_id: string) =>
  db.selectFrom('nodes').select('name').where('organization_id', '=', organization_id).execute()

export const namesOf = (db: Db, ids: string[]) =>
  db.selectFrom('nodes').select(['id', 'name']).where('id', 'in', ids).execute()

export const countNodes = async (db: Db) =>
  (
    await db
      .selectFrom('nodes')
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .executeTakeFirstOrThrow()
  ).n

const NO_CAPABILITIES = JSON.stringify({ runtimes: [], process_limits: { memory: false, cpu: false, pids: false } })
type NewNode = Omit<
  Insertable<NodesTable>,
  | 'cordoned'
  | 'draining'
  | 'epoch'
  | 'event_seq'
  | 'capabilities'
  | 'features'
  | 'records_terminals'
  | 'pinned_host_keys'
>

/** Undefined when the name is taken. */
export const insertNode = (db: Db, row: NewNode) =>
  db
    .insertInto('nodes')
    .values({
      cordoned: 0,
      draining: 0,
      epoch: 0,
      event_seq: 0,
      capabilities: NO_CAPABILITIES,
      records_terminals: 0,
      ...row,
    })
    .onConflict((on) => on.columns(['organization_id', 'name']).doNothing())
    .returning('id')
    .executeTakeFirst()

export const updateNode = (db: Db, id: string, change: Updateable<NodesTable>) =>
  db.updateTable('nodes').set(change).where('id', '=', id).execute()

export const isNameTaken = async (db: Db, organization_id: string, name: string, exceptId: string) =>
  (await db
    .selectFrom('nodes')
    .select('id')
    .where('organization_id', '=', organization_id)
    .where('name', '=', name)
    .where('id', '!=', exceptId)
    .executeTakeFirst()) !== undefined

/** Undefined while it has servers. */
export const deleteNode = (db: Db, id: string) =>
  db
    .deleteFrom('nodes')
    .where('id', '=', id)
    .where((eb) =>
      eb.not(eb.exists(eb.selectFrom('instances').select('instances.id').where('instances.node_id', '=', id))),
    )
    .returning('id')
    .executeTakeFirst()

/** The servers of a machine, and who made each. */
export const listMakers = async (db: Db, node_id: string): Promise<Map<string, string | null>> =>
  new Map(
    (await db.selectFrom('instances').select(['id', 'created_by']).where('node_id', '=', node_id).execute()).map(
      ({ id, created_by }) => [id, created_by],
    ),
  )

/** Whether servers there need the Docker engine. */
export const countDockerInstances = async (db: Db, node_id: string) =>
  (
    await db
      .selectFrom('instances')
      .innerJoin('workloads', 'workloads.id', 'instances.workload_id')
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .where('instances.node_id', '=', node_id)
      .where('workloads.runtime', '=', 'docker')
      .executeTakeFirstOrThrow()
  ).n

export const listPortsOutside = async (db: Db, node_id: string, start: number, end: number) =>
  (
    await db
      .selectFrom('instance_ports')
      .select('host_port')
      .where('node_id', '=', node_id)
      .where((eb) => eb.or([eb('host_port', '<', start), eb('host_port', '>', end)]))
      .orderBy('host_port')
      .limit(5)
      .execute()
  ).map(({ host_port }) => host_port)

export const insertRegisterToken = (db: Db, row: Insertable<NodeRegisterTokensTable>) =>
  db.insertInto('node_register_tokens').values(row).execute()

/** Spends a token; undefined when it is unknown, used or expired. Of many at once one wins. */
export const spendRegisterToken = (db: Db, token_hash: string, now: string) =>
  db
    .updateTable('node_register_tokens')
    .set({ used_at: now })
    .where('token_hash', '=', token_hash)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .returning(['organization_id', 'name', 'labels', 'is_local', 'node_id'])
    .executeTakeFirst()

export const noteTokenNode = (db: Db, token_hash: string, node_id: string) =>
  db.updateTable('node_register_tokens').set({ node_id }).where('token_hash', '=', token_hash).execute()

export const deleteOldRegisterTokens = (db: Db, before: string) =>
  db.deleteFrom('node_register_tokens').where('expires_at', '<', before).execute()
