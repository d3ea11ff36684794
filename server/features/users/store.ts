import { sql } from 'kysely'
import type { User } from '#contract/users'
import { hasFactor } from '#server/db/factors'
import type { Db } from '#server/db/schema'

const select = (db: Db) =>
  db
    .selectFrom('users')
    .select([
      'users.id',
      'users.email',
      'users.platform_role',
      'users.suspended_at',
      'users.last_sign_in_at',
      'users.created_at',
      hasFactor.as('mfa_enabled'),
      sql<number>`users.password_hash is not null`.as('has_password'),
    ])

export const findUser = (db: Db, id: string) => select(db).where('users.id', '=', id).executeTakeFirst()
export type UserRow = NonNullable<Awaited<ReturnType<typeof findUser>>>

export type UserFilter = {
  /** A `like` pattern. */
  search: string | undefined
  platform_role: User['platform_role'] | undefined
  state: 'active' | 'suspended' | undefined
  before: string | undefined
  limit: number
}

export const listUsers = (db: Db, { search, platform_role, state, before, limit }: UserFilter) => {
  let query = select(db)
  if (search !== undefined) query = query.where(sql<boolean>`users.email like ${search} escape '\\'`)
  if (platform_role !== undefined) query = query.where('users.platform_role', '=', platform_role)
  if (state !== undefined) query = query.where('users.suspended_at', state === 'active' ? 'is' : 'is not', null)
  if (before !== undefined) query = query.where('users.id', '<', before)
  return query
    .orderBy('users.id', 'desc')
    .limit(limit + 1)
    .execute()
}

/** Which organizations people belong to. */
export const listPlaces = (db: Db, userIds: readonly string[]) =>
  db
    .selectFrom('memberships')
    .innerJoin('organizations', 'organizations.id', 'memberships.organization_id')
    .select(['memberships.user_id', 'organizations.id', 'organizations.name', 'memberships.role'])
    .where('memberships.user_id', 'in', userIds)
    .orderBy('organizations.name')
    .execute()

/** Somebody else who administers the platform and may sign in. With it in the statement itself, the last one cannot be lost. */
const anotherAdministrator = (db: Db, id: string) =>
  db
    .selectFrom('users as others')
    .select('others.id')
    .where('others.platform_role', '=', 'admin')
    .where('others.suspended_at', 'is', null)
    .where('others.id', '!=', id)

/** Undefined for the last administrator. */
export const setRole = (db: Db, id: string, platform_role: User['platform_role'], updated_at: string) =>
  db
    .updateTable('users')
    .set({ platform_role, updated_at })
    .where('id', '=', id)
    .$if(platform_role !== 'admin', (query) =>
      query.where(({ or, eb, exists }) =>
        or([
          eb('platform_role', '!=', 'admin'),
          eb('suspended_at', 'is not', null),
          exists(anotherAdministrator(db, id)),
        ]),
      ),
    )
    .returning('id')
    .executeTakeFirst()

/** Undefined for the last administrator. */
export const suspend = (db: Db, id: string, suspended_at: string) =>
  db
    .updateTable('users')
    .set({ suspended_at, updated_at: suspended_at })
    .where('id', '=', id)
    .where(({ or, eb, exists }) => or([eb('platform_role', '!=', 'admin'), exists(anotherAdministrator(db, id))]))
    .returning('id')
    .executeTakeFirst()

export const unsuspend = (db: Db, id: string, updated_at: string) =>
  db.updateTable('users').set({ suspended_at: null, updated_at }).where('id', '=', id).execute()

/** Undefined for the last administrator. */
export const deleteUser = (db: Db, id: string) =>
  db
    .deleteFrom('users')
    .where('id', '=', id)
    .where(({ or, eb, exists }) =>
      or([
        eb('platform_role', '!=', 'admin'),
        eb('suspended_at', 'is not', null),
        exists(anotherAdministrator(db, id)),
      ]),
    )
    .returning('id')
    .executeTakeFirst()

export const endSessions = (db: Db, user_id: string, revoked_at: string, revoked_reason: string) =>
  db
    .updateTable('sessions')
    .set({ revoked_at, revoked_reason })
    .where('user_id', '=', user_id)
    .where('revoked_at', 'is', null)
    .execute()

/** Of the links with which somebody may choose a password. */
export const listResetHashes = (db: Db, user_id: string) =>
  db.selectFrom('challenges').select('token_hash').where('user_id', '=', user_id).where('kind', '=', 'reset').execute()

/** What somebody owns, and whether anybody or anything else is in it. */
export const listOwned = (db: Db, user_id: string) =>
  db
    .selectFrom('memberships')
    .innerJoin('organizations', 'organizations.id', 'memberships.organization_id')
    .select([
      'organizations.id',
      'organizations.name',
      sql<number>`(select count(*) from memberships as m where m.organization_id = organizations.id and m.user_id != ${user_id})`.as(
        'members',
      ),
      sql<number>`(select count(*) from nodes where nodes.organization_id = organizations.id)`.as('machines'),
      sql<number>`(select count(*) from instances where instances.organization_id = organizations.id)`.as('servers'),
    ])
    .where('memberships.user_id', '=', user_id)
    .where('memberships.role', '=', 'owner')
    .execute()

/** Of invitations that nobody has accepted. */
export const listInviteHashes = (db: Db, organization_id: string) =>
  db
    .selectFrom('invites')
    .select('token_hash')
    .where('organization_id', '=', organization_id)
    .where('accepted_at', 'is', null)
    .execute()

export const deleteOrganization = (db: Db, id: string) => db.deleteFrom('organizations').where('id', '=', id).execute()
