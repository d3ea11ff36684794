import type { Insertable } from 'kysely'
import type { Db } from '#server/db/schema'

/** Links that no mail could carry, for an administrator to hand out. Gone when they expire or are used. */
export interface WaitingLinksTable {
  id: string
  kind: 'password_reset' | 'invite'
  email: string
  sealed_link: string
  /** Of the token in the link, so that a used one disappears. */
  token_hash: string
  created_at: string
  expires_at: string
}

export const insertLink = (db: Db, row: Insertable<WaitingLinksTable>) =>
  db.insertInto('waiting_links').values(row).execute()

export const deleteLinksTo = (db: Db, kind: WaitingLinksTable['kind'], email: string) =>
  db.deleteFrom('waiting_links').where('kind', '=', kind).where('email', '=', email).execute()

export const deleteLink = (db: Db, token_hash: string) =>
  db.deleteFrom('waiting_links').where('token_hash', '=', token_hash).execute()

export const deleteExpiredLinks = (db: Db, now: string) =>
  db.deleteFrom('waiting_links').where('expires_at', '<=', now).execute()

/** Newest first, without those that expired since the last tidying. */
export const listLinks = (db: Db, now: string, limit: number) =>
  db
    .selectFrom('waiting_links')
    .select(['id', 'kind', 'email', 'sealed_link', 'created_at', 'expires_at'])
    .where('expires_at', '>', now)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
