import { setImmediate as breathe } from 'node:timers/promises'
import SqliteDatabase, { type Database } from 'better-sqlite3'

const PAGES_AT_ONCE = 500

/**
 * Copies a database to a file while it is written to. A few pages at a time, so that requests are answered meanwhile; what changes
 * behind the copy is copied again by SQLite, so the copy is of one moment. It is one file, without a log beside it.
 */
export async function copyDatabase(database: Database, file: string, signal: AbortSignal): Promise<void> {
  await database.backup(file, {
    progress() {
      signal.throwIfAborted()
      return PAGES_AT_ONCE
    },
  })
  const copy = new SqliteDatabase(file)
  try {
    copy.pragma('journal_mode = DELETE')
  } finally {
    copy.close()
  }
}

/** What a copy takes, about. */
export const sizeOf = (database: Database): number =>
  (database.pragma('page_count', { simple: true }) as number) *
  (database.pragma('page_size', { simple: true }) as number)

export type Inspection = { schema_version: number; problem: string | null }

/** Reads a copy through, table by table, as damage shows itself only to those who look. */
export async function inspectDatabase(file: string): Promise<Inspection> {
  const database = new SqliteDatabase(file, { readonly: true, fileMustExist: true })
  try {
    const schema_version = database.pragma('user_version', { simple: true }) as number
    const tables = database.prepare<[], { name: string }>(`select name from sqlite_schema where type = 'table'`).all()
    for (const { name } of tables) {
      await breathe()
      const found = database.prepare<[string], { found: string }>(
        `select integrity_check as found from pragma_integrity_check(?)`,
      )
      const [first] = found.all(name)
      if (first && first.found !== 'ok') return { schema_version, problem: `${name}: ${first.found}` }
    }
    return { schema_version, problem: null }
  } catch (error) {
    return { schema_version: 0, problem: (error as Error).message }
  } finally {
    database.close()
  }
}
