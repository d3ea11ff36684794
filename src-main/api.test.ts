import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { bootstrap, getMe } from '#contract/auth'
import { startServer } from '#server/start'
import { type ApiError, createApi } from './api.ts'
import { watchServers } from './watch-servers.ts'

/** A real control plane, started as the shell starts it. */
async function control() {
  const dataDir = mkdtempSync(join(tmpdir(), 'shardlyn-shell-'))
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    dataDir,
    publicUrl: null,
    localNode: false,
    logLevel: 'silent',
    rendererDir: null,
    resourcesDir: join(import.meta.dirname, '..', 'resources'),
    agentCommand: [],
    rateLimit: 1000,
  })
  onTestFinished(async () => {
    await server.close()
    rmSync(dataDir, { recursive: true, force: true })
  })
  const setUp = () =>
    fetch(new URL(bootstrap.url, server.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'owner@example.com', password: 'correct horse' }),
    })
  return { server, setUp }
}

test('the shell signs in as the owner without a password, once there is one', async () => {
  const { server, setUp } = await control()
  const api = createApi(server.url, server.issueDesktopSecret)
  const early: unknown = await api.call(getMe, {}).catch((error: unknown) => error)
  await setUp()

  expect((early as ApiError).status).toBe(403)
  expect(await api.call(getMe, {})).toMatchObject({ email: 'owner@example.com', platform_role: 'admin' })
})

test('calls at the same time sign in once, because a secret is good once', async () => {
  const { server, setUp } = await control()
  await setUp()
  let issued = 0
  const api = createApi(server.url, () => (issued++, server.issueDesktopSecret()))
  await Promise.all(Array.from({ length: 8 }, () => api.call(getMe, {})))

  expect(issued).toBe(1)
})

test('the watch waits for somebody to sign in as, then sees the servers', async () => {
  const { server, setUp } = await control()
  const changed = Promise.withResolvers<unknown>()
  const watch = watchServers({
    api: createApi(server.url, server.issueDesktopSecret),
    onChange: changed.resolve,
    onCrash: () => undefined,
    retryMs: 20,
    gatherMs: 5,
  })
  onTestFinished(watch.close)
  await setUp()

  expect(await changed.promise).toEqual([])
  expect(await watch.look()).toEqual([])
})
