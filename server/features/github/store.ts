import type { Insertable } from 'kysely'
import type { Db } from '#server/db/schema'

export interface IdentitiesTable {
  provider: 'github'
  /** The account's number there, which stays when its name changes. */
  subject: string
  user_id: string
  login: string
  email: string | null
  created_at: string
}

export const findIdentity = (db: Db, subject: string) =>
  db
    .selectFrom('identities')
    .selectAll()
    .where('provider', '=', 'github')
    .where('subject', '=', subject)
    .executeTakeFirst()

export const listIdentities = (db: Db, user_id: string) =>
  db.selectFrom('identities').selectAll().where('user_id', '=', user_id).orderBy('provider').execute()

/** Undefined when the account there is linked already, or the person has linked another one. */
export const insertIdentity = (db: Db, row: Insertable<IdentitiesTable>) =>
  db
    .insertInto('identities')
    .values(row)
    .onConflict((on) => on.doNothing())
    .returning('subject')
    .executeTakeFirst()

/** Names and addresses there change; the number stays. */
export const updateIdentity = (db: Db, subject: string, now: Pick<IdentitiesTable, 'login' | 'email'>) =>
  db.updateTable('identities').set(now).where('provider', '=', 'github').where('subject', '=', subject).execute()

export const deleteIdentity = (db: Db, user_id: string, provider: IdentitiesTable['provider']) =>
  db
    .deleteFrom('identities')
    .where('user_id', '=', user_id)
    .where('provider', '=', provider)
    .returningAll()
    .executeTakeFirst()

const selectPeople = (db: Db) =>
  db.selectFrom('users').select(['id', 'email', 'default_organization_id', 'suspended_at', 'password_hash'])
export const findPerson = (db: Db, id: string) => selectPeople(db).where('id', '=', id).executeTakeFirst()
export const findPersonByEmail = (db: Db, email: string) =>
  selectPeople(db).where('email', '=', email).executeTakeFirst()
export type Person = NonNullable<Awaited<ReturnType<typeof findPerson>>>

export const hasPasskey = async (db: Db, user_id: string) =>
  (await db.selectFrom('passkeys').select('id').where('user_id', '=', user_id).limit(1).executeTakeFirst()) !==
  undefined

/** Whether a session is open still, and its person not suspended. */
export const isOpenSession = async (db: Db, id: string) =>
  (await db
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .select('sessions.id')
    .where('sessions.id', '=', id)
    .where('sessions.revoked_at', 'is', null)
    .where('users.suspended_at', 'is', null)
    .executeTakeFirst()) !== undefined
