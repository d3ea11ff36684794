import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { migrate, migrations, NewerSchemaError } from './migrate.ts'
import { inTransaction, openDb } from './open.ts'
import { fromCursor, likePattern, toPage } from './page.ts'
import { createSeal } from './seal.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shardlyn-db-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('an empty database is brought to the newest schema, once', () => {
  const database = new SqliteDatabase(join(folder, 'a.db'))
  migrate(database)
  migrate(database)
  expect(database.pragma('user_version', { simple: true })).toBe(migrations.at(-1)?.version)
  expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
  expect(readdirSync(folder).filter((name) => name.endsWith('.bak'))).toEqual([])
})

test('before a database with data is changed a copy is written beside it', () => {
  const file = join(folder, 'a.db')
  const database = new SqliteDatabase(file)
  migrate(database)
  database.exec(
    `insert into organizations (id, name, slug, created_at) values ('o', 'Home', 'home', '2026-01-01T00:00:00Z')`,
  )
  const newest = migrations.at(-1)?.version ?? 0
  const next = { version: newest + 1, name: 'next', statements: ['alter table organizations add column motto text'] }
  migrate(database, [...migrations, next])
  const copies = readdirSync(folder).filter((name) => name.endsWith('.bak'))
  expect(copies).toHaveLength(1)
  const copy = new SqliteDatabase(join(folder, copies[0] ?? ''))
  expect(copy.pragma('user_version', { simple: true })).toBe(newest)
  expect(copy.prepare('select name from organizations').all()).toEqual([{ name: 'Home' }])
})

test('a migration that fails half way leaves the version before it', () => {
  const database = new SqliteDatabase(join(folder, 'a.db'))
  migrate(database)
  const newest = migrations.at(-1)?.version ?? 0
  const broken = {
    version: newest + 1,
    name: 'broken',
    statements: ['create table half (id text) strict', 'create table nonsense ('],
  }
  expect(() => migrate(database, [...migrations, broken])).toThrow()
  expect(database.pragma('user_version', { simple: true })).toBe(newest)
  expect(database.prepare(`select name from sqlite_master where name = 'half'`).all()).toEqual([])
})

test('a database of a newer version is refused with what to do, and not touched', () => {
  const file = join(folder, 'a.db')
  const database = new SqliteDatabase(file)
  database.pragma('user_version = 9999')
  database.close()
  expect(() => openDb(file)).toThrow(NewerSchemaError)
  expect(() => openDb(file)).toThrow(/newer version of Shardlyn/)
})

test('a transaction inside a transaction joins it, and a failure undoes both', async () => {
  const { db, close } = openDb(':memory:')
  const add = (id: string) => ({ id, name: id, slug: id, created_at: 'x' })
  await expect(
    inTransaction(db, async (db) => {
      await db.insertInto('organizations').values(add('a')).execute()
      await inTransaction(db, async (db) => db.insertInto('organizations').values(add('b')).execute())
      throw new Error('no')
    }),
  ).rejects.toThrow('no')
  expect(await db.selectFrom('organizations').selectAll().execute()).toEqual([])
  await close()
})

test('a sealed value opens in its own place only, and two seals of it differ', () => {
  const seal = createSeal(Buffer.alloc(32, 1))
  const sealed = seal.seal('users/1/mfa', 'JBSWY3DP')
  expect(seal.open('users/1/mfa', sealed)).toBe('JBSWY3DP')
  expect(seal.seal('users/1/mfa', 'JBSWY3DP')).not.toBe(sealed)
  expect(() => seal.open('users/2/mfa', sealed)).toThrow()
  expect(() => createSeal(Buffer.alloc(32, 2)).open('users/1/mfa', sealed)).toThrow()
  expect(() => seal.open('users/1/mfa', `${sealed.slice(0, -2)}AA`)).toThrow()
})

test('cursors that are not ours are refused, wildcards are text, and the last page says so', () => {
  expect(() => fromCursor(Buffer.from("x' or 1=1").toString('base64url'))).toThrow(/cursor/)
  expect(likePattern('50%_\\')).toBe('%50\\%\\_\\\\%')
  const rows = [{ id: 'c' }, { id: 'b' }, { id: 'a' }]
  const page = toPage(rows, 2)
  expect([page.items, fromCursor(page.next_cursor ?? '')]).toEqual([[{ id: 'c' }, { id: 'b' }], 'b'])
  expect(toPage(rows, 3).next_cursor).toBeNull()
})
