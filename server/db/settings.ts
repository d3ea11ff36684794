import type { Db } from './schema.ts'
import type { Seal } from './seal.ts'

export interface SettingsTable {
  name: string
  /** JSON object. */
  value: string
  updated_at: string
}

/** A settings document by name, laid over its defaults, so that a field added later has its default. */
export async function readSetting<T extends object>(db: Db, name: string, defaults: T): Promise<T> {
  const row = await db.selectFrom('settings').select('value').where('name', '=', name).executeTakeFirst()
  return row ? { ...defaults, ...(JSON.parse(row.value) as Partial<T>) } : defaults
}

export async function writeSetting(db: Db, name: string, value: object, updated_at: string): Promise<void> {
  const row = { name, value: JSON.stringify(value), updated_at }
  await db
    .insertInto('settings')
    .values(row)
    .onConflict((on) => on.column('name').doUpdateSet({ value: row.value, updated_at }))
    .execute()
}

const placeOf = (name: string) => `sealed/${name}/value`

/** A secret that somebody typed, such as the password of the mail account; null when there is none. */
export async function readSecret(db: Db, seal: Seal, name: string): Promise<string | null> {
  const row = await db.selectFrom('sealed').select('value').where('name', '=', name).executeTakeFirst()
  return row ? seal.open(placeOf(name), row.value) : null
}

export const hasSecret = async (db: Db, name: string): Promise<boolean> =>
  (await db.selectFrom('sealed').select('name').where('name', '=', name).executeTakeFirst()) !== undefined

/** Null or an empty text removes it. */
export async function writeSecret(db: Db, seal: Seal, name: string, secret: string | null): Promise<void> {
  if (!secret) {
    await db.deleteFrom('sealed').where('name', '=', name).execute()
    return
  }
  const value = seal.seal(placeOf(name), secret)
  await db
    .insertInto('sealed')
    .values({ name, value })
    .onConflict((on) => on.column('name').doUpdateSet({ value }))
    .execute()
}
