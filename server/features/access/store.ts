import type { Insertable } from 'kysely'
import type { Db } from '#server/db/schema'

export interface InstanceAccessTable {
  instance_id: string
  user_id: string
  /** JSON array of permission keys. */
  permissions: string
  created_by: string | null
  created_at: string
  updated_at: string
}

/** Whoever shares a server waits here for their turn. Undefined when it is gone. */
export const takeTurn = (db: Db, instance_id: string) =>
  db
    .updateTable('instances')
    .set((eb) => ({ name: eb.ref('name') }))
    .where('id', '=', instance_id)
    .returning('id')
    .executeTakeFirst()

const select = (db: Db, instance_id: string) =>
  db
    .selectFrom('instance_access')
    .innerJoin('users', 'users.id', 'instance_access.user_id')
    .select([
      'instance_access.user_id',
      'users.email',
      'instance_access.permissions',
      'instance_access.created_at',
      'instance_access.updated_at',
    ])
    .where('instance_access.instance_id', '=', instance_id)

export const listAccess = (db: Db, instance_id: string) => select(db, instance_id).orderBy('users.email').execute()
export type AccessRow = Awaited<ReturnType<typeof listAccess>>[number]

export const findAccess = (db: Db, instance_id: string, user_id: string) =>
  select(db, instance_id).where('instance_access.user_id', '=', user_id).executeTakeFirst()

export const countAccess = async (db: Db, instance_id: string): Promise<number> => {
  const { count } = await db
    .selectFrom('instance_access')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('instance_id', '=', instance_id)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** Undefined when it is shared with them already. */
export const insertAccess = (db: Db, row: Insertable<InstanceAccessTable>) =>
  db
    .insertInto('instance_access')
    .values(row)
    .onConflict((on) => on.columns(['instance_id', 'user_id']).doNothing())
    .returning('user_id')
    .executeTakeFirst()

export const updateAccess = (
  db: Db,
  instance_id: string,
  user_id: string,
  change: Pick<InstanceAccessTable, 'permissions' | 'updated_at'>,
) =>
  db
    .updateTable('instance_access')
    .set(change)
    .where('instance_id', '=', instance_id)
    .where('user_id', '=', user_id)
    .execute()

export const deleteAccess = (db: Db, instance_id: string, user_id: string) =>
  db.deleteFrom('instance_access').where('instance_id', '=', instance_id).where('user_id', '=', user_id).execute()

/** A member of an organization by address. */
export const findMemberByEmail = (db: Db, organization_id: string, email: string) =>
  db
    .selectFrom('memberships')
    .innerJoin('users', 'users.id', 'memberships.user_id')
    .select(['users.id', 'users.email', 'memberships.role'])
    .where('memberships.organization_id', '=', organization_id)
    .where('users.email', '=', email)
    .executeTakeFirst()
