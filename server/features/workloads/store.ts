import { type Insertable, sql } from 'kysely'
import type { Db } from '#server/db/schema'

export interface WorkloadsTable {
  id: string
  organization_id: string
  name: string
  description: string
  category: string | null
  icon: string
  runtime: 'docker' | 'process'
  image: string | null
  version: number
  /** JSON: WorkloadDocument of `version`. */
  document: string
  created_by: string | null
  created_at: string
  updated_at: string
}

export interface WorkloadVersionsTable {
  workload_id: string
  version: number
  document: string
  created_by: string | null
  created_at: string
}

const columns = [
  'id',
  'organization_id',
  'name',
  'description',
  'category',
  'icon',
  'runtime',
  'image',
  'version',
  'document',
  'created_by',
  'created_at',
  'updated_at',
] as const

const select = (db: Db) =>
  db
    .selectFrom('workloads')
    .select(columns)
    .select((eb) =>
      eb
        .selectFrom('instances')
        .whereRef('instances.workload_id', '=', 'workloads.id')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .as('instance_count'),
    )

export type WorkloadRow = NonNullable<Awaited<ReturnType<typeof findWorkload>>>

export const findWorkload = (db: Db, organization_id: string, id: string) =>
  select(db).where('organization_id', '=', organization_id).where('id', '=', id).executeTakeFirst()

export type WorkloadFilter = {
  organization_id: string
  /** A `like` pattern. */
  search: string | undefined
  category: string | undefined
  runtime: WorkloadsTable['runtime'] | undefined
  before: string | undefined
  limit: number
}

export const listWorkloads = (
  db: Db,
  { organization_id, search, category, runtime, before, limit }: WorkloadFilter,
) => {
  let query = select(db).where('organization_id', '=', organization_id)
  if (search !== undefined) {
    query = query.where(
      sql<boolean>`(lower(name) like lower(${search}) escape '\\' or lower(description) like lower(${search}) escape '\\')`,
    )
  }
  if (category !== undefined) query = query.where('category', '=', category)
  if (runtime !== undefined) query = query.where('runtime', '=', runtime)
  if (before !== undefined) query = query.where('id', '<', before)
  return query
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
}

/** The names that begin with this one, to find a free one. */
export const namesLike = async (db: Db, organization_id: string, pattern: string): Promise<string[]> => {
  const rows = await db
    .selectFrom('workloads')
    .select('name')
    .where('organization_id', '=', organization_id)
    .where(sql<boolean>`name like ${pattern} escape '\\'`)
    .execute()
  return rows.map(({ name }) => name)
}

/** Undefined when the organization has a workload of that name. */
export const insertWorkload = (db: Db, row: Insertable<WorkloadsTable>) =>
  db
    .insertInto('workloads')
    .values(row)
    .onConflict((on) => on.columns(['organization_id', 'name']).doNothing())
    .returning('id')
    .executeTakeFirst()

export const insertVersion = (db: Db, row: Insertable<WorkloadVersionsTable>) =>
  db.insertInto('workload_versions').values(row).execute()

type Change = Pick<
  WorkloadsTable,
  'name' | 'description' | 'category' | 'icon' | 'runtime' | 'image' | 'document' | 'updated_at' | 'version'
>

/** Undefined when another workload of the organization has that name. */
export const updateWorkload = (db: Db, organization_id: string, id: string, change: Change) =>
  db
    .updateTable('workloads')
    .set(change)
    .where('organization_id', '=', organization_id)
    .where('id', '=', id)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('workloads as other')
            .select('other.id')
            .where('other.organization_id', '=', organization_id)
            .where('other.name', '=', change.name)
            .where('other.id', '!=', id),
        ),
      ),
    )
    .returning('id')
    .executeTakeFirst()

export const deleteWorkload = (db: Db, organization_id: string, id: string) =>
  db.deleteFrom('workloads').where('organization_id', '=', organization_id).where('id', '=', id).execute()
