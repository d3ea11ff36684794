import type { Insertable } from 'kysely'
import type { Db } from '#server/db/schema'
import type { RefreshTokensTable, SessionsTable } from '../store.ts'

export const insertSession = (db: Db, row: Insertable<SessionsTable>) => db.insertInto('sessions').values(row).execute()

/** Ends a session that is still open; undefined when it is not, or is somebody else's. */
export const revokeSession = (db: Db, id: string, user_id: string, revoked_at: string, revoked_reason: string) =>
  db
    .updateTable('sessions')
    .set({ revoked_at, revoked_reason })
    .where('id', '=', id)
    .where('user_id', '=', user_id)
    .where('revoked_at', 'is', null)
    .returning('id')
    .executeTakeFirst()

/** Ends every session of a person but one; answers how many. */
export const revokeSessionsOf = (
  db: Db,
  user_id: string,
  except: string | undefined,
  revoked_at: string,
  revoked_reason: string,
) =>
  db
    .updateTable('sessions')
    .set({ revoked_at, revoked_reason })
    .where('user_id', '=', user_id)
    .where('revoked_at', 'is', null)
    .$if(except !== undefined, (query) => query.where('id', '!=', except ?? ''))
    .returning('id')
    .execute()

/** Those that can still be used, last used first. */
export const listSessions = (db: Db, user_id: string, usedSince: string) =>
  db
    .selectFrom('sessions')
    .select(['id', 'ip', 'user_agent', 'created_at', 'last_used_at'])
    .where('user_id', '=', user_id)
    .where('revoked_at', 'is', null)
    .where('last_used_at', '>', usedSince)
    .orderBy('last_used_at', 'desc')
    .orderBy('id', 'desc')
    .limit(500)
    .execute()

/** Whether somebody signed in from an address since then. */
export const hasSignedInFrom = async (db: Db, user_id: string, ip: string, since: string) =>
  (await db
    .selectFrom('sessions')
    .select('id')
    .where('user_id', '=', user_id)
    .where('ip', '=', ip)
    .where('created_at', '>', since)
    .limit(1)
    .executeTakeFirst()) !== undefined

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
      'users.email',
      'users.default_organization_id',
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

/** Of tabs that spend a token at once the last one's new token counts as the one that replaced it. */
export const moveReplacement = (db: Db, token_hash: string, replaced_by: string) =>
  db.updateTable('refresh_tokens').set({ replaced_by }).where('token_hash', '=', token_hash).execute()

export const touchSession = (db: Db, id: string, last_used_at: string) =>
  db.updateTable('sessions').set({ last_used_at }).where('id', '=', id).execute()

export const deleteExpiredRefreshTokens = (db: Db, before: string) =>
  db.deleteFrom('refresh_tokens').where('expires_at', '<', before).execute()
