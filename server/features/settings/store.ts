import { type Insertable, sql } from 'kysely'
import type { Preferences } from '#contract/settings'
import { hasFactor } from '#server/db/factors'
import type { Db } from '#server/db/schema'

export interface SshKeysTable {
  user_id: string
  name: string
  type: string
  bits: number
  public_key: string
  fingerprint: string
  is_default: number
  created_at: string
}

/** Whether a person can answer when a second factor is asked for. */
export const hasSecondFactor = async (db: Db, user_id: string): Promise<boolean> =>
  (await db.selectFrom('users').select('id').where('id', '=', user_id).where(hasFactor, '=', 1).executeTakeFirst()) !==
  undefined

const keyColumns = ['name', 'type', 'bits', 'public_key', 'fingerprint', 'is_default', 'created_at'] as const

export const getPreferences = (db: Db, user_id: string): Promise<Preferences> =>
  db.selectFrom('users').select(['language', 'theme']).where('id', '=', user_id).executeTakeFirstOrThrow()

export const updatePreferences = (
  db: Db,
  user_id: string,
  { language, theme }: Partial<Preferences>,
  updated_at: string,
) =>
  db
    .updateTable('users')
    .set({ ...(language !== undefined && { language }), ...(theme !== undefined && { theme }), updated_at })
    .where('id', '=', user_id)
    .execute()

export const listKeys = (db: Db, user_id: string) =>
  db.selectFrom('ssh_keys').select(keyColumns).where('user_id', '=', user_id).orderBy('name').execute()

export const findKey = (db: Db, user_id: string, name: string) =>
  db
    .selectFrom('ssh_keys')
    .select(keyColumns)
    .where('user_id', '=', user_id)
    .where('name', '=', name)
    .executeTakeFirst()
export type KeyRow = NonNullable<Awaited<ReturnType<typeof findKey>>>

export const findByFingerprint = (db: Db, user_id: string, fingerprint: string) =>
  db
    .selectFrom('ssh_keys')
    .select('name')
    .where('user_id', '=', user_id)
    .where('fingerprint', '=', fingerprint)
    .executeTakeFirst()

/**
 * The first one becomes the default. Undefined when the person has `most` already, or the name or the key: counted and written in
 * one statement.
 */
export const insertKey = (db: Db, row: Omit<Insertable<SshKeysTable>, 'is_default'>, most: number) => {
  const mine = (db: Pick<Db, 'selectFrom'>) => db.selectFrom('ssh_keys').where('user_id', '=', row.user_id)
  const hasDefault = mine(db).where('is_default', '=', 1).select('name')
  return db
    .insertInto('ssh_keys')
    .columns(['user_id', 'name', 'type', 'bits', 'public_key', 'fingerprint', 'created_at', 'is_default'])
    .expression(() =>
      db
        .selectNoFrom((eb) => [
          eb.val(row.user_id).as('user_id'),
          eb.val(row.name).as('name'),
          eb.val(row.type).as('type'),
          eb.val(row.bits).as('bits'),
          eb.val(row.public_key).as('public_key'),
          eb.val(row.fingerprint).as('fingerprint'),
          eb.val(row.created_at).as('created_at'),
          sql<number>`case when exists ${hasDefault} then 0 else 1 end`.as('is_default'),
        ])
        .where(
          mine(db).select(({ fn }) => fn.countAll<number>().as('count')),
          '<',
          most,
        ),
    )
    .onConflict((on) => on.doNothing())
    .returning(keyColumns)
    .executeTakeFirst()
}

export const deleteKey = (db: Db, user_id: string, name: string) =>
  db
    .deleteFrom('ssh_keys')
    .where('user_id', '=', user_id)
    .where('name', '=', name)
    .returning(keyColumns)
    .executeTakeFirst()

/** The key that has been there longest. */
export const oldestKey = (db: Db, user_id: string) =>
  db
    .selectFrom('ssh_keys')
    .select('name')
    .where('user_id', '=', user_id)
    .orderBy('created_at')
    .orderBy('name')
    .limit(1)
    .executeTakeFirst()

/** Makes one key the default, and no other. */
export const setDefault = (db: Db, user_id: string, name: string) =>
  db
    .updateTable('ssh_keys')
    .set({ is_default: sql<number>`case when name = ${name} then 1 else 0 end` })
    .where('user_id', '=', user_id)
    .execute()
