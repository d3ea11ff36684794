import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { copyDatabase, sizeOf } from '#server/db/copy'
import { DataInUseError, lockData } from '#server/db/data-lock'
import { openMetrics } from '#server/db/metrics'
import { openDb } from '#server/db/open'
import { finishRestore, restoreBackup, RestoreError } from './restore.ts'
import { writeBackup } from './write.ts'

const key = Buffer.alloc(32, 5)

function newFolder(): string {
  const made = mkdtempSync(join(tmpdir(), 'shardlyn-restore-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  return made
}

function openData(dataDir: string) {
  const control = openDb(join(dataDir, 'shardlyn.db'))
  const metrics = openMetrics(join(dataDir, 'metrics.db'))
  let count = 0
  const add = control.database.prepare(`insert into organizations (id, name, slug, created_at) values (?, ?, ?, 'x')`)
  return {
    control,
    write(name: string) {
      add.run(`${name}-${++count}`, name, `${name}-${count}`)
      metrics.insert(count, [{ kind: 'node', subject: name, values: [1, 2, 3, 4, 5, 6] }])
    },
    names: () =>
      control.database
        .prepare<[], { name: string }>('select name from organizations order by name')
        .all()
        .map(({ name }) => name),
    backUp: async (path: string, includeKey = false) =>
      writeBackup({
        id: 'b',
        path,
        sources: [
          { name: 'shardlyn.db', database: control.database },
          { name: 'metrics.db', database: metrics.database },
        ].map(({ name, database }) => ({
          name: name as 'shardlyn.db' | 'metrics.db',
          bytes: () => sizeOf(database),
          copyTo: (file, signal) => copyDatabase(database, file, signal),
        })),
        masterKey: key,
        includeKey,
        appVersion: '1',
        now: '2026-01-01T00:00:00.000Z',
        signal: new AbortController().signal,
      }),
    close() {
      control.database.close()
      metrics.close()
    },
  }
}
const namesIn = async (dataDir: string) => {
  const data = openData(dataDir)
  const names = data.names()
  data.close()
  return names
}

/** A data folder with a key, a backup of it, and a change after that. */
async function stage(includeKey = false) {
  const dataDir = newFolder()
  const folder = join(newFolder(), 'shardlyn-1')
  writeFileSync(join(dataDir, 'master.key'), key.toString('base64'))
  const data = openData(dataDir)
  data.write('before')
  await data.backUp(folder, includeKey)
  data.write('after')
  data.close()
  return { dataDir, folder }
}
const restore = (dataDir: string, folder: string) => restoreBackup(dataDir, folder, new Date(0))

test('what was written after the backup is gone from the data and kept beside it', async () => {
  const { dataDir, folder } = await stage()
  const { aside } = await restore(dataDir, folder)
  expect(await namesIn(dataDir)).toEqual(['before'])
  expect(aside).toBe(join(dataDir, 'before-restore-19700101T000000Z'))
  expect(await namesIn(aside ?? '')).toEqual(['after', 'before'])
  expect(readdirSync(dataDir).filter((name) => name.startsWith('restore'))).toEqual([])
})

test('a new data folder takes a backup with its key', async () => {
  const { folder } = await stage(true)
  const dataDir = join(newFolder(), 'deep', 'new')
  expect(await restore(dataDir, folder)).toMatchObject({ aside: undefined, hasKey: true })
  expect(await namesIn(dataDir)).toEqual(['before'])
  expect(readFileSync(join(dataDir, 'master.key'), 'utf8')).toBe(key.toString('base64'))
  const keyless = await stage()
  expect(await restore(newFolder(), keyless.folder)).toMatchObject({ hasKey: false })
})

test.each<[string, (folder: string) => void, RegExp]>([
  [
    'a database with a changed byte',
    (at) => flip(join(at, 'shardlyn.db')),
    /shardlyn\.db .* was changed or is damaged/,
  ],
  ['a longer file', (at) => appendFileSync(join(at, 'metrics.db'), 'x'), /metrics\.db .* was changed/],
  ['a missing file', (at) => rmSync(join(at, 'metrics.db')), /metrics\.db cannot be copied/],
  ['no manifest', (at) => rmSync(join(at, 'manifest.json')), /holds no backup/],
  ['a name that leads out', (at) => edit(at, '"metrics.db"', '"../x.db"'), /holds no backup/],
  ['one database twice', (at) => edit(at, '"metrics.db"', '"shardlyn.db"'), /both databases once/],
  [
    'a newer schema',
    (at) => edit(at, /"schema_version": \d+,\n {2}"key/, '"schema_version": 999,\n  "key'),
    /newer version/,
  ],
  [
    'the key of other data',
    (at) => edit(at, /"key_check": "\w+/, '"key_check": "00'),
    /is not the one that its secrets/,
  ],
])('%s is refused, and nothing changes', async (_, spoil, reason) => {
  const { dataDir, folder } = await stage()
  spoil(folder)
  await expect(restore(dataDir, folder)).rejects.toThrow(RestoreError)
  await expect(restore(dataDir, folder)).rejects.toThrow(reason)
  expect(await namesIn(dataDir)).toEqual(['after', 'before'])
  expect(readdirSync(dataDir).filter((name) => name.includes('restore'))).toEqual([])
})

test('while a server holds the data it is refused', async () => {
  const { dataDir, folder } = await stage()
  const unlock = lockData(dataDir)
  await expect(restore(dataDir, folder)).rejects.toThrow(DataInUseError)
  unlock()
  await restore(dataDir, folder)
})

test('cut short after any of its steps, it is finished at the next start', async () => {
  for (let steps = 0; steps <= 6; steps++) {
    const { dataDir, folder } = await stage()
    const plan = { staging: 'restore-1T1Z.new', aside: 'before-restore-1T1Z', files: ['shardlyn.db', 'metrics.db'] }
    const staging = join(dataDir, plan.staging)
    mkdirSync(staging)
    mkdirSync(join(dataDir, plan.aside))
    for (const name of plan.files) writeFileSync(join(staging, name), readFileSync(join(folder, name)))
    writeFileSync(join(dataDir, 'restore.json'), JSON.stringify(plan))
    writeFileSync(join(dataDir, 'shardlyn.db-wal'), '')
    const moves = [
      ['shardlyn.db', `${plan.aside}/shardlyn.db`],
      ['shardlyn.db-wal', `${plan.aside}/shardlyn.db-wal`],
      [`${plan.staging}/shardlyn.db`, 'shardlyn.db'],
      ['metrics.db', `${plan.aside}/metrics.db`],
      [`${plan.staging}/metrics.db`, 'metrics.db'],
    ]
    for (const [from = '', to = ''] of moves.slice(0, steps)) renameSync(join(dataDir, from), join(dataDir, to))
    if (steps === 6) rmSync(staging, { recursive: true })
    await finishRestore(dataDir)
    expect(await namesIn(dataDir)).toEqual(['before'])
    expect(existsSync(join(dataDir, 'restore.json'))).toBe(false)
    expect(await namesIn(join(dataDir, plan.aside))).toEqual(['after', 'before'])
  }
})

test('cut short before that, nothing has happened', async () => {
  const { dataDir } = await stage()
  mkdirSync(join(dataDir, 'restore-1T1Z.new'))
  writeFileSync(join(dataDir, 'restore-1T1Z.new', 'shardlyn.db'), 'half')
  await finishRestore(dataDir)
  expect(await namesIn(dataDir)).toEqual(['after', 'before'])
  expect(existsSync(join(dataDir, 'restore-1T1Z.new'))).toBe(false)
})

test('twenty backups that are taken while others write are each of one moment, and whole', async () => {
  const dataDir = newFolder()
  writeFileSync(join(dataDir, 'master.key'), key.toString('base64'))
  const data = openData(dataDir)
  const target = newFolder()
  let isOver = false
  const writer = (async () => {
    while (!isOver) {
      // In pairs within a transaction, so that a copy of two moments shows itself.
      data.control.database.transaction(() => {
        for (let n = 0; n < 10; n++) data.write('pair')
      })()
      await new Promise((resolve) => setImmediate(resolve))
    }
  })()
  for (let n = 0; n < 20; n++) await data.backUp(join(target, `${n}`))
  isOver = true
  await writer
  data.close()
  let before = 0
  for (let n = 0; n < 20; n++) {
    const restored = newFolder()
    await restore(restored, join(target, `${n}`))
    const names = await namesIn(restored)
    expect([names.length % 10, names.length >= before]).toEqual([0, true])
    before = names.length
  }
  expect(before).toBeGreaterThan(0)
}, 120_000)

function flip(file: string) {
  const bytes = readFileSync(file)
  bytes[5000]! ^= 1
  writeFileSync(file, bytes)
}
function edit(folder: string, from: string | RegExp, to: string) {
  const file = join(folder, 'manifest.json')
  const text = readFileSync(file, 'utf8')
  const changed = text.replace(from, to)
  if (changed === text) throw new Error('The manifest was not changed.')
  writeFileSync(file, changed)
}
