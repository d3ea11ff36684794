import type { Insertable, Updateable } from 'kysely'
import type { MigrationState, migrationModes } from '#contract/migrations'
import type { Db } from '#server/db/schema'
import type { Visibility } from '#server/http/rights'

export interface MigrationsTable {
  id: string
  organization_id: string
  instance_id: string
  instance_name: string
  source_node_id: string
  source_node_name: string
  target_node_id: string
  target_node_name: string
  mode: (typeof migrationModes)[number]
  state: MigrationState
  reason: string | null
  was_running: number
  /** JSON: what it gets on the target, and what waits for it on the source until it is over. */
  ports: string
  source_ports: string
  /** What the agents know this move by. Leaves us only towards them. */
  token: string
  /** Set once it goes back: why. */
  undo: string | null
  /** What a machine must still be told, whenever it is back. */
  source_todo: 'release' | 'remove' | null
  target_todo: 'discard' | null
  files_total: number | null
  files_done: number
  bytes_total: number | null
  bytes_done: number
  stopped_at: string | null
  running_at: string | null
  cancel_asked_at: string | null
  drain_id: string | null
  created_by: string | null
  created_at: string
  started_at: string | null
  finished_at: string | null
}

const over = ['done', 'failed', 'cancelled'] as const
/** Until it belongs to the target. */
export const cancellable = [
  'pending',
  'preparing',
  'copying',
  'stopping',
  'transferring',
  'verifying',
  'switching',
] as const
export const isOver = (state: MigrationState) => (over as readonly string[]).includes(state)
export const isCancellable = (row: Pick<MigrationRow, 'state' | 'undo'>) =>
  row.undo === null && (cancellable as readonly string[]).includes(row.state)

const select = (db: Db) =>
  db
    .selectFrom('migrations')
    .leftJoin('instances', 'instances.id', 'migrations.instance_id')
    .selectAll('migrations')
    .select('instances.created_by as instance_created_by')

export const findMigration = (db: Db, id: string) => select(db).where('migrations.id', '=', id).executeTakeFirst()
export type MigrationRow = NonNullable<Awaited<ReturnType<typeof findMigration>>>

export type MigrationFilter = {
  organization_id: string
  visible_to: Visibility
  state: 'running' | 'done' | 'failed' | 'cancelled' | undefined
  node_id: string | undefined
  instance_id: string | undefined
  before: string | undefined
  limit: number
}

export const listMigrations = (db: Db, filter: MigrationFilter) => {
  const { visible_to, state, node_id, instance_id, before } = filter
  let query = select(db).where('migrations.organization_id', '=', filter.organization_id)
  if (visible_to !== null) {
    query = query.where((eb) =>
      eb.or([
        eb('instances.created_by', '=', visible_to.user_id ?? ''),
        ...(visible_to.shared.length > 0 ? [eb('instances.id', 'in', visible_to.shared)] : []),
      ]),
    )
  }
  if (state === 'running') query = query.where('migrations.state', 'not in', over)
  else if (state !== undefined) query = query.where('migrations.state', '=', state)
  if (node_id !== undefined) {
    query = query.where((eb) => eb.or([eb('source_node_id', '=', node_id), eb('target_node_id', '=', node_id)]))
  }
  if (instance_id !== undefined) query = query.where('migrations.instance_id', '=', instance_id)
  if (before !== undefined) query = query.where('migrations.id', '<', before)
  return query
    .orderBy('migrations.id', 'desc')
    .limit(filter.limit + 1)
    .execute()
}

export const listUnderWay = (db: Db) =>
  select(db).where('migrations.state', 'not in', over).orderBy('migrations.id').execute()

/** Those that a machine must still be told of. */
export const listTodos = (db: Db, node_id: string) =>
  select(db)
    .where((eb) =>
      eb.or([
        eb.and([eb('source_node_id', '=', node_id), eb('source_todo', 'is not', null)]),
        eb.and([eb('target_node_id', '=', node_id), eb('target_todo', 'is not', null)]),
      ]),
    )
    .orderBy('migrations.id')
    .execute()

/** What a machine must still be told of one server. */
export const findTodoOf = (db: Db, instance_id: string) =>
  select(db)
    .where('migrations.instance_id', '=', instance_id)
    .where((eb) => eb.or([eb('source_todo', 'is not', null), eb('target_todo', 'is not', null)]))
    .limit(1)
    .executeTakeFirst()

export const listOfDrain = (db: Db, drain_id: string) =>
  select(db).where('migrations.drain_id', '=', drain_id).where('migrations.state', 'not in', over).execute()

/** Under way, and named by a machine that somebody wants to delete. */
export const listNaming = (db: Db, node_id: string) =>
  select(db)
    .where('migrations.state', 'not in', [...over, 'cleaning'])
    .where((eb) => eb.or([eb('source_node_id', '=', node_id), eb('target_node_id', '=', node_id)]))
    .execute()

export const insertMigration = (db: Db, row: Insertable<MigrationsTable>) =>
  db.insertInto('migrations').values(row).execute()

export const updateMigration = (db: Db, id: string, change: Updateable<MigrationsTable>) =>
  db.updateTable('migrations').set(change).where('id', '=', id).execute()

/** From one state to the next, unless somebody cancelled it meanwhile or it is elsewhere; false then. */
export const advance = async (
  db: Db,
  { id, state }: Pick<MigrationRow, 'id' | 'state'>,
  change: Updateable<MigrationsTable>,
): Promise<boolean> =>
  (await db
    .updateTable('migrations')
    .set(change)
    .where('id', '=', id)
    .where('state', '=', state)
    .where('cancel_asked_at', 'is', null)
    .returning('id')
    .executeTakeFirst()) !== undefined

/** False when it is too late. */
export const askCancel = async (db: Db, id: string, at: string): Promise<boolean> =>
  (await db
    .updateTable('migrations')
    .set((eb) => ({ cancel_asked_at: eb.fn.coalesce('cancel_asked_at', eb.val(at)) }))
    .where('id', '=', id)
    .where('state', 'in', cancellable)
    .where('undo', 'is', null)
    .returning('id')
    .executeTakeFirst()) !== undefined

export const findNode = (db: Db, id: string) =>
  db.selectFrom('nodes').select(['id', 'organization_id', 'name']).where('id', '=', id).executeTakeFirst()
