import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createSystemBackup, getSystemBackupConfig, updateSystemBackupConfig } from '#contract/system'
import { openDb } from '#server/db/open'
import { type Client, createClient, serverEntry, startServerProcess } from '#server/testing/process'
import { until } from '#server/testing/until'

const newFolder = () => {
  const made = mkdtempSync(join(tmpdir(), 'shardlyn-kill-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  return made
}
const list = async (client: Client) => client.call(getSystemBackupConfig, {})

/** Megabytes that no compression makes small, so that copying takes its time. */
function fatten(dataDir: string) {
  const { database } = openDb(join(dataDir, 'shardlyn.db'))
  database.exec(`with recursive n (i) as (select 1 union all select i + 1 from n where i < 20)
    insert into settings (name, value, updated_at) select 'fat' || i, hex(randomblob(500000)), 'x' from n`)
  database.close()
}
const restore = (dataDir: string, folder: string) =>
  spawn(process.execPath, [serverEntry(), '--data-dir', dataDir, '--restore', folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })

test('killed in the middle of a backup, the server starts again and says that it failed', async () => {
  const dataDir = newFolder()
  const server = await startServerProcess({ dataDir })
  const client = createClient(server.url)
  await client.signIn()
  fatten(dataDir)
  await client.call(createSystemBackup, {})
  const backups = join(dataDir, 'backups')
  await until(() => existsSync(backups) && readdirSync(backups).some((name) => name.endsWith('.partial')))
  await server.kill()
  const again = await startServerProcess({ dataDir })
  onTestFinished(() => again.stop())
  const person = createClient(again.url)
  await person.signIn()
  expect((await list(person)).backups).toMatchObject([
    { state: 'failed', error: 'The server stopped while it was being written.' },
  ])
  expect(readdirSync(backups)).toEqual([])
}, 120_000)

test('killed in the middle of a restore, the server starts with the old data or the new', async () => {
  const source = newFolder()
  const server = await startServerProcess({ dataDir: source })
  const client = createClient(server.url)
  await client.signIn()
  fatten(source)
  await client.call(updateSystemBackupConfig, { body: { include_master_key: true, keep: 300 } })
  await client.call(createSystemBackup, {})
  await until(async () => (await list(client)).backups[0]?.state === 'done', 60_000)
  const folder = (await list(client)).backups[0]?.path ?? ''
  await client.call(updateSystemBackupConfig, { body: { keep: 200 } })
  const refused = restore(source, folder)
  const said: string[] = []
  refused.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()))
  const [code] = (await once(refused, 'exit')) as [number]
  expect([code, said.join('')]).toEqual([1, expect.stringContaining(`(process ${server.child.pid}) is using`)])
  await server.stop()

  const dataDir = newFolder()
  cpSync(source, dataDir, { recursive: true })
  const within = (part: string) => readdirSync(dataDir).some((name) => name.includes(part))
  const staged = (file: string) =>
    readdirSync(dataDir).some((name) => name.endsWith('.new') && existsSync(join(dataDir, name, file)))
  const moments: [string, () => boolean, number[]][] = [
    ['while it copies', () => staged('shardlyn.db'), [200]],
    ['when all is copied', () => staged('master.key'), [200, 300]],
    ['when it is written down', () => existsSync(join(dataDir, 'restore.json')), [200, 300]],
  ]
  for (const [moment, isReached, outcomes] of moments) {
    const child = restore(dataDir, folder)
    const ended = once(child, 'exit')
    await until(() => isReached() || child.exitCode !== null, 30_000)
    child.kill('SIGKILL')
    await ended
    const server = await startServerProcess({ dataDir })
    const person = createClient(server.url)
    await person.signIn()
    const { keep } = await list(person)
    await server.stop()
    expect([moment, outcomes.includes(keep)]).toEqual([moment, true])
    expect(within('.new') || within('restore.json')).toBe(false)
  }
  const whole = restore(dataDir, folder)
  expect(await once(whole, 'exit')).toEqual([0, null])
  const last = await startServerProcess({ dataDir })
  onTestFinished(() => last.stop())
  const person = createClient(last.url)
  await person.signIn()
  const shown = await list(person)
  expect(shown).toMatchObject({ keep: 300, backups: [{ state: 'done', path: folder }] })
}, 180_000)
