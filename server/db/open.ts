import SqliteDatabase, { type Database, type Statement } from 'better-sqlite3'
import { Kysely, type SqliteDatabase as SqliteDatabaseOfKysely, SqliteDialect } from 'kysely'
import { migrate } from './migrate.ts'
import type { Db, Schema } from './schema.ts'

/** Told of each question and how long it took. */
export type QueryListener = (sql: string, seconds: number) => void
export type OpenDb = {
  db: Db
  database: Database
  watchQueries: (listener: QueryListener) => void
  close: () => Promise<void>
}

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

const KEPT_STATEMENTS = 500

/** Kysely prepares a statement anew for each query, which costs as much as running it; these are kept by their text. */
function keepStatements(database: Database): SqliteDatabaseOfKysely {
  const kept = new Map<string, Statement<unknown[]>>()
  return {
    close: () => database.close(),
    prepare(text) {
      let statement = kept.get(text)
      if (!statement) {
        statement = database.prepare<unknown[]>(text)
        if (kept.size >= KEPT_STATEMENTS) kept.clear()
        kept.set(text, statement)
      }
      return statement
    },
  }
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
  let listener: QueryListener | undefined
  const db = new Kysely<Schema>({
    dialect: new SqliteDialect({ database: keepStatements(database) }),
    log: ({ query, queryDurationMillis }) => listener?.(query.sql, queryDurationMillis / 1000),
  })
  return { db, database, watchQueries: (watcher) => (listener = watcher), close: () => db.destroy() }
}

/** Joins the open transaction or opens one. Name the callback's argument `db`, so the outer handle cannot be reached. */
export const inTransaction = <T>(db: Db, work: (db: Db) => Promise<T>): Promise<T> =>
  db.isTransaction ? work(db) : db.transaction().execute(work)
