import type { Insertable } from 'kysely'
import type { Role } from '#contract/permissions'
import type { Db } from '#server/db/schema'

export interface UsersTable {
  id: string
  email: string
  /** Argon2id. Never leaves this feature. */
  password_hash: string | null
  platform_role: 'admin' | 'user'
  default_organization_id: string | null
  suspended_at: string | null
  created_at: string
  updated_at: string
}
export interface OrganizationsTable {
  id: string
  name: string
  slug: string
  created_at: string
}
export interface MembershipsTable {
  organization_id: string
  user_id: string
  role: Role
  created_at: string
}
/** One sign-in. Its refresh tokens are a family: reuse of a spent one ends them all. */
export interface SessionsTable {
  id: string
  user_id: string
  ip: string | null
  user_agent: string | null
  created_at: string
  last_used_at: string
  revoked_at: string | null
  revoked_reason: string | null
}
export interface RefreshTokensTable {
  token_hash: string
  session_id: string
  created_at: string
  expires_at: string
  used_at: string | null
  replaced_by: string | null
}

export const anyUser = async (db: Db) =>
  (await db.selectFrom('users').select('id').limit(1).executeTakeFirst()) !== undefined

export const insertUser = (db: Db, row: Insertable<UsersTable>) => db.insertInto('users').values(row).execute()
export const insertOrganization = (db: Db, row: Insertable<OrganizationsTable>) =>
  db.insertInto('organizations').values(row).execute()
export const insertMembership = (db: Db, row: Insertable<MembershipsTable>) =>
  db.insertInto('memberships').values(row).execute()

export const findUserByEmail = (db: Db, email: string) =>
  db.selectFrom('users').selectAll().where('email', '=', email).executeTakeFirst()

export const getUser = (db: Db, id: string) =>
  db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirstOrThrow()

/** The first administrator: whom the desktop app signs in. */
export const findOwner = (db: Db) =>
  db
    .selectFrom('users')
    .selectAll()
    .where('platform_role', '=', 'admin')
    .where('suspended_at', 'is', null)
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()

export const insertSession = (db: Db, row: Insertable<SessionsTable>) => db.insertInto('sessions').values(row).execute()

/** Ends sessions that are still open and answers their ids. */
export const revokeSession = (db: Db, id: string, revoked_at: string, revoked_reason: string) =>
  db
    .updateTable('sessions')
    .set({ revoked_at, revoked_reason })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .returning('id')
    .execute()

export const insertRefreshToken = (db: Db, row: Insertable<RefreshTokensTable>) =>
  db.insertInto('refresh_tokens').values(row).execute()

export const findRefreshToken = (db: Db, token_hash: string) =>
  db
    .selectFrom('refresh_tokens')
    .innerJoin('sessions', 'sessions.id', 'refresh_tokens.session_id')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .select([
      'refresh_tokens.session_id',
      'refresh_tokens.expires_at',
      'refresh_tokens.used_at',
      'refresh_tokens.replaced_by',
      'sessions.revoked_at',
      'sessions.user_id',
      'users.suspended_at',
    ])
    .where('token_hash', '=', token_hash)
    .executeTakeFirst()

/** Spends a token; undefined when another request spent it first. */
export const spendRefreshToken = (db: Db, token_hash: string, used_at: string, replaced_by: string) =>
  db
    .updateTable('refresh_tokens')
    .set({ used_at, replaced_by })
    .where('token_hash', '=', token_hash)
    .where('used_at', 'is', null)
    .returning('token_hash')
    .executeTakeFirst()

/** The token that replaced another within the overlap; only while it is itself unspent. */
export const moveReplacement = (db: Db, token_hash: string, replaced_by: string) =>
  db.updateTable('refresh_tokens').set({ replaced_by }).where('token_hash', '=', token_hash).execute()

export const touchSession = (db: Db, id: string, last_used_at: string) =>
  db.updateTable('sessions').set({ last_used_at }).where('id', '=', id).execute()

export const deleteExpiredRefreshTokens = (db: Db, before: string) =>
  db.deleteFrom('refresh_tokens').where('expires_at', '<', before).execute()

/** A session with its person, and their place in one organization (the given one, else their default). */
export const findPrincipal = (db: Db, session_id: string, organization_id: string | undefined) =>
  db
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .leftJoin('memberships', (join) =>
      organization_id === undefined
        ? join
            .onRef('memberships.user_id', '=', 'users.id')
            .onRef('memberships.organization_id', '=', 'users.default_organization_id')
        : join.onRef('memberships.user_id', '=', 'users.id').on('memberships.organization_id', '=', organization_id),
    )
    .leftJoin('organizations', 'organizations.id', 'memberships.organization_id')
    .select([
      'users.id as user_id',
      'users.email',
      'users.platform_role',
      'users.created_at',
      'memberships.organization_id',
      'memberships.role',
      'organizations.name as organization_name',
    ])
    .where('sessions.id', '=', session_id)
    .where('sessions.revoked_at', 'is', null)
    .where('users.suspended_at', 'is', null)
    .executeTakeFirst()
export type Principal = NonNullable<Awaited<ReturnType<typeof findPrincipal>>>
