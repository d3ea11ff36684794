import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { findPlaces } from '#server/places'
import { startServer } from '#server/start'
import { createClient } from '#server/testing/process'
import { deployScript, untilState } from '#server/testing/scenario'
import { createApi } from './api.ts'
import { stopServers } from './quit.ts'
import type { ServerLine } from './servers.ts'
import { watchServers } from './watch-servers.ts'

/** The control plane as the shell embeds it, with this machine's real agent, watched as the shell watches it. */
async function shell() {
  const dataDir = mkdtempSync(join(tmpdir(), 'shardlyn-watch-'))
  const server = await startServer({
    ...findPlaces(new URL('../server/main.ts', import.meta.url).href),
    host: '127.0.0.1',
    port: 0,
    dataDir,
    publicUrl: null,
    localNode: true,
    logLevel: 'silent',
    rateLimit: 100_000,
  })
  const client = createClient(server.url)
  await client.signIn()
  const api = createApi(server.url, server.issueDesktopSecret)
  const crash = Promise.withResolvers<ServerLine>()
  const watch = watchServers({ api, onChange: () => undefined, onCrash: crash.resolve, retryMs: 100, gatherMs: 10 })
  onTestFinished(async () => {
    watch.close()
    await server.close({ stopAgent: true })
    rmSync(dataDir, { recursive: true, force: true })
  })
  return { client, api, watch, crashed: crash.promise }
}

test('a server that crashes is told once with its reason', async () => {
  const { client, watch, crashed } = await shell()
  // It says when it is up and then falls, as a game that finds a broken save.
  const script = "console.log('up'); setTimeout(() => process.exit(3), 1500)"
  const { instance } = await deployScript(client, 'faller', script)
  await untilState(client, instance.id, 'running')
  await watch.look()

  expect(await crashed).toMatchObject({ id: instance.id, name: 'faller', isLocal: true })
})

test('stopping servers waits until they have ended', async () => {
  const { client, api, watch } = await shell()
  const { instance } = await deployScript(client, 'stayer', 'setInterval(() => {}, 1000)')
  await untilState(client, instance.id, 'running')
  const running = (await watch.look()).filter(({ state }) => state === 'running')
  expect(running.map(({ name, isLocal }) => [name, isLocal])).toEqual([['stayer', true]])

  await stopServers(running, { api, look: watch.look, everyMs: 50 })

  expect(await watch.look()).toMatchObject([{ state: 'stopped', desired_state: 'stopped' }])
})
