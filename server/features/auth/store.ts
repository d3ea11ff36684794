import { type Generated, type Insertable, sql } from 'kysely'
import type { Role } from '#contract/permissions'
import { hasFactor } from '#server/db/factors'
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
  language: 'en' | 'pt-BR' | null
  theme: 'system' | 'light' | 'dark' | null
  password_changed_at: string | null
  last_sign_in_at: string | null
}
export interface OrganizationsTable {
  id: string
  name: string
  slug: string
  created_at: string
  updated_at: string | null
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

/**
 * Something that is good once and for a short time, by the hash of its token: a reset link, the second step of a sign-in, what a
 * browser was asked to sign. Taking it is deleting it.
 */
export interface ChallengesTable {
  token_hash: string
  kind: 'reset' | 'mfa' | 'passkey_create' | 'passkey_sign_in' | 'oauth' | 'sign_in_code'
  user_id: string | null
  /** JSON object. */
  data: string
  ip: string | null
  /** Wrong answers so far. */
  misses: Generated<number>
  created_at: string
  expires_at: string
}

export const anyUser = async (db: Db) =>
  (await db.selectFrom('users').select('id').limit(1).executeTakeFirst()) !== undefined

/** Undefined when the address is taken. */
export const insertUser = (db: Db, row: Insertable<UsersTable>) =>
  db
    .insertInto('users')
    .values(row)
    .onConflict((on) => on.column('email').doNothing())
    .returning('id')
    .executeTakeFirst()

export const setDefaultOrganization = (db: Db, id: string, default_organization_id: string) =>
  db.updateTable('users').set({ default_organization_id }).where('id', '=', id).execute()

/** Only while the password is the one that was read; undefined when another was faster. */
export const setPassword = (db: Db, id: string, was: string | null, password_hash: string, now: string) =>
  db
    .updateTable('users')
    .set({ password_hash, password_changed_at: now, updated_at: now })
    .where('id', '=', id)
    .where('password_hash', was === null ? 'is' : '=', was)
    .where('suspended_at', 'is', null)
    .returning('id')
    .executeTakeFirst()

export const findUserByEmail = (db: Db, email: string) =>
  db.selectFrom('users').selectAll().where('email', '=', email).executeTakeFirst()

export type User = NonNullable<Awaited<ReturnType<typeof findUserByEmail>>>

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

export const findActiveUser = (db: Db, id: string) =>
  db.selectFrom('users').selectAll().where('id', '=', id).where('suspended_at', 'is', null).executeTakeFirst()

export const noteSignIn = (db: Db, id: string, last_sign_in_at: string) =>
  db.updateTable('users').set({ last_sign_in_at }).where('id', '=', id).execute()

export const insertChallenge = (db: Db, row: Insertable<ChallengesTable>) =>
  db.insertInto('challenges').values(row).execute()

/** Looks without taking; undefined when it is unknown, used or expired. */
export const findChallenge = (db: Db, kind: ChallengesTable['kind'], token_hash: string, now: string) =>
  db
    .selectFrom('challenges')
    .selectAll()
    .where('token_hash', '=', token_hash)
    .where('kind', '=', kind)
    .where('expires_at', '>', now)
    .executeTakeFirst()

/** Takes it: of many at once exactly one gets the row. */
export const takeChallenge = (db: Db, kind: ChallengesTable['kind'], token_hash: string, now: string) =>
  db
    .deleteFrom('challenges')
    .where('token_hash', '=', token_hash)
    .where('kind', '=', kind)
    .where('expires_at', '>', now)
    .returningAll()
    .executeTakeFirst()

/** Counts a wrong answer; with the last one that is allowed the challenge is gone. */
export const missChallenge = async (db: Db, kind: ChallengesTable['kind'], token_hash: string, allowed: number) => {
  const missed = await db
    .updateTable('challenges')
    .set(({ eb }) => ({ misses: eb('misses', '+', 1) }))
    .where('token_hash', '=', token_hash)
    .where('kind', '=', kind)
    .returning('misses')
    .executeTakeFirst()
  if (missed && missed.misses >= allowed) await takeChallenge(db, kind, token_hash, '')
}

/** Every open one of a kind that a person has: a newer one or a changed password ends them. */
export const deleteChallenges = (db: Db, user_id: string, kind: ChallengesTable['kind']) =>
  db.deleteFrom('challenges').where('user_id', '=', user_id).where('kind', '=', kind).execute()

/** The hashes of their tokens: a kept link is forgotten with its token. */
export const listChallengeHashes = async (db: Db, user_id: string, kind: ChallengesTable['kind']) => {
  const rows = await db
    .selectFrom('challenges')
    .select('token_hash')
    .where('user_id', '=', user_id)
    .where('kind', '=', kind)
    .execute()
  return rows.map(({ token_hash }) => token_hash)
}

export const deleteExpiredChallenges = (db: Db, before: string) =>
  db.deleteFrom('challenges').where('expires_at', '<=', before).execute()

/** A person, and their place in one organization: the given one, else their default. */
const withPlace = (db: Db, organization_id: string | undefined) =>
  db
    .selectFrom('users')
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
      'users.language',
      'users.theme',
      'users.created_at',
      'memberships.organization_id',
      'memberships.role',
      'organizations.name as organization_name',
      hasFactor.as('mfa_enabled'),
      sql<number>`users.password_hash is not null`.as('has_password'),
    ])
    .where('users.suspended_at', 'is', null)

/** The person of a session that has not ended. */
export const findPrincipal = (db: Db, session_id: string, organization_id: string | undefined) =>
  withPlace(db, organization_id)
    .innerJoin('sessions', 'sessions.user_id', 'users.id')
    .where('sessions.id', '=', session_id)
    .where('sessions.revoked_at', 'is', null)
    .executeTakeFirst()
export type Principal = NonNullable<Awaited<ReturnType<typeof findPrincipal>>>

/** The owner of an API token, in the organization that it was made for; nowhere when the request names another. */
export const findTokenPrincipal = async (db: Db, token_id: string, wanted: string | undefined) => {
  const token = await db
    .selectFrom('api_tokens')
    .select(['user_id', 'organization_id'])
    .where('id', '=', token_id)
    .executeTakeFirst()
  if (!token) return undefined
  const isElsewhere = wanted !== undefined && wanted !== token.organization_id
  return withPlace(db, isElsewhere ? '' : token.organization_id)
    .where('users.id', '=', token.user_id)
    .executeTakeFirst()
}

const selectApiTokens = (db: Db) =>
  db
    .selectFrom('api_tokens')
    .innerJoin('users', 'users.id', 'api_tokens.user_id')
    .select([
      'api_tokens.id',
      'api_tokens.scopes',
      'api_tokens.expires_at',
      'api_tokens.last_used_at',
      'api_tokens.last_used_ip',
      'users.suspended_at',
    ])

export const findApiToken = (db: Db, token_hash: string) =>
  selectApiTokens(db).where('token_hash', '=', token_hash).executeTakeFirst()

export const findApiTokenById = (db: Db, id: string) =>
  selectApiTokens(db).where('api_tokens.id', '=', id).executeTakeFirst()

export const touchApiToken = (db: Db, id: string, last_used_at: string, last_used_ip: string) =>
  db.updateTable('api_tokens').set({ last_used_at, last_used_ip }).where('id', '=', id).execute()
