import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { getAdminMetrics } from '#contract/admin'
import {
  createSystemBackup,
  deleteSystemBackup,
  getSystemBackupConfig,
  type SystemBackup,
  type SystemBackupSettings,
  updateSystemBackupConfig,
} from '#contract/system'
import { readManifest } from '#server/backup/manifest'
import { inspectDatabase } from '#server/db/copy'
import { newId } from '#server/ids'
import { testApp, type TestApp } from '#server/testing/app'
import { fakeClock } from '#server/testing/clock'

type Shown = SystemBackupSettings & {
  folder_in_use: string
  next_at: string | null
  restore_command: string
  backups: SystemBackup[]
}
/** Signed in anew, because some tests let hours pass. */
const token = async (app: TestApp) => {
  await app.adminToken()
  return app.auth.openSessionFor((await app.control.db.selectFrom('users').select('id').executeTakeFirstOrThrow()).id)
}
const show = async (app: TestApp) =>
  (await app.call(getSystemBackupConfig, {}, { token: await token(app) })).json() as Shown
const set = async (app: TestApp, body: object) =>
  app.call(updateSystemBackupConfig, { body }, { token: await token(app) })

async function backUp(app: TestApp): Promise<SystemBackup> {
  const begun = await app.signedIn(createSystemBackup)
  expect(begun.status).toBe(202)
  await app.backupSettled()
  const { id } = begun.json() as SystemBackup
  const found = (await show(app)).backups.find((backup) => backup.id === id)
  if (!found) throw new Error('The backup is not listed.')
  return found
}
const elsewhere = () => {
  const folder = mkdtempSync(join(tmpdir(), 'shardlyn-backups-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
const mode = (path: string) => (statSync(path).mode & 0o777).toString(8)

test('a backup is a folder of its own with both databases, their checksums and, if wanted, the key', async () => {
  await using app = await testApp()
  expect(await show(app)).toMatchObject({ enabled: true, every_hours: 24, keep: 7, folder: '', backups: [] })
  const plain = await backUp(app)
  expect(plain).toMatchObject({ state: 'done', trigger: 'manual', error: null })
  expect(readdirSync(plain.path).sort((a, b) => a.localeCompare(b))).toEqual([
    'manifest.json',
    'metrics.db',
    'shardlyn.db',
  ])
  await set(app, { include_master_key: true })
  const { path, id, bytes } = await backUp(app)
  expect(readdirSync(path)).toContain('master.key')
  expect([mode(path), mode(join(path, 'master.key')), mode(join(path, 'shardlyn.db'))]).toEqual(['700', '600', '600'])
  const manifest = await readManifest(path)
  expect(manifest?.id).toBe(id)
  expect(manifest?.files.reduce((sum, file) => sum + file.bytes, 0)).toBe(bytes)
  expect(await inspectDatabase(join(path, 'shardlyn.db'))).toMatchObject({ problem: null })
  expect((await show(app)).restore_command).toBe(`npm run headless -- --data-dir ${app.dataDir} --restore ${path}`)
  const metrics = await app.signedIn(getAdminMetrics)
  expect(metrics.json()).toMatchObject({ last_backup: { state: 'done', error: null } })
  expect(metrics.json().storage.backups_bytes).toBe((bytes ?? 0) + (plain.bytes ?? 0))
})

test('of many that are asked for at once one is written', async () => {
  await using app = await testApp()
  await app.adminToken()
  const answers = await Promise.all(Array.from({ length: 20 }, () => app.signedIn(createSystemBackup)))
  expect(answers.filter(({ status }) => status === 202)).toHaveLength(1)
  expect(answers.find(({ status }) => status !== 202)?.json()).toMatchObject({ code: 'backup_running' })
  const [newest] = (await show(app)).backups
  const id = newest?.id ?? ''
  expect((await app.signedIn(deleteSystemBackup, { params: { id } })).status).toBe(409)
  await app.backupSettled()
  expect((await app.signedIn(createSystemBackup)).status).toBe(202)
  await app.backupSettled()
})

test('the schedule writes when it is due and keeps the newest, whatever fails after them', async () => {
  const clock = fakeClock()
  await using app = await testApp({ clock })
  await set(app, { every_hours: 2, keep: 2, folder: elsewhere() })
  const due = async () => {
    await app.jobs.find(({ name }) => name === 'system.backup_when_due')?.run()
    await app.backupSettled()
    return (await show(app)).backups
  }
  expect(await due()).toHaveLength(1)
  clock.advance(2 * 3600_000 - 1)
  expect(await due()).toHaveLength(1)
  clock.advance(1)
  expect((await due()).map(({ trigger }) => trigger)).toEqual(['schedule', 'schedule'])
  clock.advance(2 * 3600_000)
  const backups = await due()
  expect(backups).toHaveLength(2)
  const { folder_in_use } = await show(app)
  expect(readdirSync(folder_in_use)).toHaveLength(2)
  // The folder becomes a file: it fails, says why, is tried again within the hour, and what is good stays listed.
  rmSync(folder_in_use, { recursive: true })
  writeFileSync(folder_in_use, '')
  clock.advance(2 * 3600_000)
  const [failed, ...good] = await due()
  expect(failed).toMatchObject({ state: 'failed', error: expect.stringContaining(folder_in_use) })
  expect(good).toHaveLength(2)
  expect((await show(app)).next_at).toBe(new Date(clock.now() + 3600_000).toISOString())
  await set(app, { enabled: false })
  clock.advance(24 * 3600_000)
  expect([await due(), (await show(app)).next_at]).toMatchObject([{ length: 3 }, null])
})

test('a folder that cannot serve is refused with the reason', async () => {
  await using app = await testApp()
  const file = join(elsewhere(), 'file')
  writeFileSync(file, '')
  const refusals: [string, string][] = [
    ['backups', 'folder_not_absolute'],
    ['/tmp/a\0b', 'folder_not_absolute'],
    [app.dataDir, 'folder_in_data'],
    [join(app.dataDir, 'shardlyn.db'), 'folder_in_data'],
    [join(app.dataDir, 'backups', '..', 'agent'), 'folder_in_data'],
    [join(file, 'deeper'), 'folder_not_writable'],
    ['/proc/shardlyn', 'folder_not_writable'],
  ]
  for (const [folder, code] of refusals) {
    const answer = await set(app, { folder })
    expect([folder, answer.status, answer.json().code]).toEqual([folder, 400, code])
  }
  expect((await set(app, { folder: join(app.dataDir, 'backups', 'nightly') })).status).toBe(200)
  expect((await set(app, { keep: 0 })).status).toBe(400)
})

test('deleting removes what the backup wrote and nothing else', async () => {
  await using app = await testApp()
  const remove = (id: string) => app.signedIn(deleteSystemBackup, { params: { id } })
  const first = await backUp(app)
  writeFileSync(join(first.path, 'mine.txt'), 'mine')
  expect((await remove(first.id)).status).toBe(204)
  expect(readdirSync(first.path)).toEqual(['mine.txt'])
  expect((await remove(first.id)).status).toBe(404)
  expect((await remove(newId())).status).toBe(404)
  const second = await backUp(app)
  rmSync(second.path, { recursive: true })
  mkdirSync(second.path)
  writeFileSync(join(second.path, 'manifest.json'), '{"files":[{"name":"../../x"}]}')
  const refused = await remove(second.id)
  expect([refused.status, refused.json().code]).toEqual([409, 'backup_not_ours'])
  expect(readdirSync(second.path)).toEqual(['manifest.json'])
})

test('one that was under way when the server was killed is marked so at the next start', async () => {
  await using app = await testApp()
  const done = await backUp(app)
  const cut = join(app.dataDir, 'backups', 'shardlyn-cut')
  mkdirSync(`${cut}.partial`)
  writeFileSync(join(`${cut}.partial`, 'shardlyn.db'), 'half')
  const row = { state: 'running' as const, trigger: 'manual' as const, bytes: null, error: null, finished_at: null }
  const started_at = new Date().toISOString()
  await app.control.db
    .insertInto('system_backups')
    .values({ ...row, id: newId(), path: cut, started_at })
    .execute()
  await app.control.db.updateTable('system_backups').set({ state: 'running' }).where('id', '=', done.id).execute()
  await app.begin()
  const { backups } = await show(app)
  expect(backups).toMatchObject([
    { path: cut, state: 'failed', error: 'The server stopped while it was being written.' },
    { id: done.id, state: 'done', bytes: done.bytes },
  ])
  expect(readdirSync(join(app.dataDir, 'backups'))).toHaveLength(1)
})
