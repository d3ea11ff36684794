import SqliteDatabase, { type Database } from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import { migrate } from './migrate.ts'
import type { Db, Schema } from './schema.ts'

export type OpenDb = { db: Db; database: Database; close: () => Promise<void> }

/** `busy_timeout` comes first, or the pragmas after it can fail while another process holds the file. */
export function openSqlite(file: string, synchronous: 'FULL' | 'NORMAL'): Database {
  const database = new SqliteDatabase(file)
  database.pragma('busy_timeout = 5000')
  database.pragma('journal_mode = WAL')
  database.pragma(`synchronous = ${synchronous}`)
  database.pragma('foreign_keys = ON')
  database.pragma('journal_size_limit = 67108864')
  database.pragma('temp_store = MEMORY')
  return database
}

/** Opens and migrates the control database. What it acknowledges survives a power cut (FULL). */
export function openDb(file: string): OpenDb {
  const database = openSqlite(file, 'FULL')
  try {
    migrate(database)
  } catch (error) {
    database.close()
    throw error
  }
  const db = new Kysely<Schema>({ dialect: new SqliteDialect({ database }) })
  return { db, database, close: () => db.destroy() }
}

/** Joins the open transaction or opens one. Name the callback's argument `db`, so the outer handle cannot be reached. */
export const inTransaction = <T>(db: Db, work: (db: Db) => Promise<T>): Promise<T> =>
  db.isTransaction ? work(db) : db.transaction().execute(work)
