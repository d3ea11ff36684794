import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { agentExits } from '#contract/agent'
import { bootstrap, login } from '#contract/auth'
import { deleteNode, type FleetNode, listNodes } from '#contract/nodes'
import { listTunnelAgents, type TunnelAgent } from '#contract/tunnel'
import type { Config } from './config.ts'
import { findPlaces } from './places.ts'
import { type RunningServer, startServer } from './start.ts'

const person = { email: 'ana@example.com', password: 'correct horse' }
let dataDir: string
let running: RunningServer | undefined

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'shardlyn-local-'))
})
afterEach(async () => {
  await running?.close({ stopAgent: true })
  running = undefined
  rmSync(dataDir, { recursive: true, force: true })
})

const config = (): Config => ({
  ...findPlaces(new URL('main.ts', import.meta.url).href),
  host: '127.0.0.1',
  port: 0,
  dataDir,
  publicUrl: null,
  localNode: true,
  logLevel: 'silent',
  rendererDir: null,
  rateLimit: 100_000,
})
const start = async () => (running = await startServer(config()))

async function ask(
  server: RunningServer,
  method: string,
  url: string,
  { token, body }: { token?: string; body?: object } = {},
) {
  const answer = await fetch(server.url + url, {
    method,
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}
const signIn = async (server: RunningServer, how: { url: string } = login) =>
  (await ask(server, 'POST', how.url, { body: person })).body['access_token'] as string
const nodes = async (server: RunningServer, token: string) =>
  (await ask(server, 'GET', listNodes.url, { token })).body['items'] as FleetNode[]
const healthy = (server: RunningServer, token: string) =>
  vi.waitFor(async () => expect(await nodes(server, token)).toMatchObject([{ state: 'healthy', is_local: true }]), {
    timeout: 20_000,
    interval: 50,
  })
/** Of the session in which its agent has said hello; 0 while there is none. */
async function epoch(server: RunningServer, token: string): Promise<number> {
  const [agent] = (await ask(server, 'GET', listTunnelAgents.url, { token })).body['items'] as TunnelAgent[]
  return agent && agent.agent_version !== '' ? agent.epoch : 0
}
const agentPid = () => (JSON.parse(readFileSync(join(dataDir, 'agent', 'agent.lock'), 'utf8')) as { pid: number }).pid
const isAlive = (pid: number) =>
  existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))

test('this machine becomes a healthy node by itself, and its agent outlives a restart of the server', async () => {
  const first = await start()
  expect(existsSync(join(dataDir, 'agent'))).toBe(false)
  let token = await signIn(first, bootstrap)
  await healthy(first, token)
  const pid = agentPid()
  const refused = await ask(first, 'DELETE', deleteNode.url.replace(':id', (await nodes(first, token))[0]?.id ?? ''), {
    token,
  })
  expect([refused.status, refused.body['code']]).toEqual([409, 'node_is_local'])

  await first.close()
  expect(isAlive(pid)).toBe(true)
  // On another port: the agent reads where we are.
  const second = await start()
  token = await signIn(second)
  await healthy(second, token)
  expect(agentPid()).toBe(pid)

  await second.close({ stopAgent: true })
  running = undefined
  expect(isAlive(pid)).toBe(false)
})

test('an agent that is killed again and again is soon back each time, as the same machine', async () => {
  const server = await start()
  const token = await signIn(server, bootstrap)
  await healthy(server, token)
  const [before] = await nodes(server, token)
  for (let kill = 0; kill < 6; kill++) {
    const pid = agentPid()
    const sessions = await epoch(server, token)
    process.kill(pid, 'SIGKILL')
    await vi.waitFor(async () => expect(await epoch(server, token)).toBeGreaterThan(sessions), {
      timeout: 8000,
      interval: 20,
    })
    expect(agentPid()).not.toBe(pid)
  }
  expect((await nodes(server, token)).map(({ id }) => id)).toEqual([before?.id])
})

test('a second agent on the same folder ends at once and says why', async () => {
  const server = await start()
  await healthy(server, await signIn(server, bootstrap))
  const [program = '', ...args] = config().agentCommand
  const second = spawn(program, [...args, '--data-dir', join(dataDir, 'agent')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  second.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const [code] = (await once(second, 'close')) as [number]
  expect([code, said]).toEqual([agentExits.alreadyRunning, expect.stringContaining('runs already')])
})

test('no token is on a command line, in a file that others read, or left behind', async () => {
  const server = await start()
  await healthy(server, await signIn(server, bootstrap))
  const folder = join(dataDir, 'agent')
  const { agent_token } = JSON.parse(readFileSync(join(folder, 'identity.json'), 'utf8')) as { agent_token: string }
  expect(readFileSync(`/proc/${agentPid()}/cmdline`, 'utf8')).not.toContain(agent_token)
  expect(readFileSync(`/proc/${agentPid()}/environ`, 'utf8')).not.toContain('SHARDLYN_')
  expect(existsSync(join(folder, 'register-token'))).toBe(false)
  expect(statSync(join(folder, 'identity.json')).mode & 0o777).toBe(0o600)
  const telling = readdirSync(folder)
    .filter((name) => statSync(join(folder, name)).isFile())
    .filter((name) => readFileSync(join(folder, name), 'utf8').includes(agent_token))
  expect(telling).toEqual(['identity.json'])
})

test('what the owner of this machine allows reaches an agent that runs already, and no request changes it', async () => {
  const first = await start()
  const token = await signIn(first, bootstrap)
  await healthy(first, token)
  expect((await nodes(first, token))[0]?.features).toMatchObject({ terminal: false, host_files: null })
  await first.close()
  running = await startServer({ ...config(), localAllows: { terminal: true, hostFiles: [dataDir] } })
  const again = await signIn(running)
  await vi.waitFor(
    async () =>
      expect((await nodes(running!, again))[0]?.features).toMatchObject({
        terminal: true,
        host_files: { paths: [dataDir], is_writable: false },
      }),
    { timeout: 15_000, interval: 100 },
  )
})

test('an agent whose machine is not known any more joins again', async () => {
  const first = await start()
  await healthy(first, await signIn(first, bootstrap))
  await first.close()
  // The control plane's data is gone; the agent and its servers are not.
  for (const name of readdirSync(dataDir)) if (name.endsWith('.db')) rmSync(join(dataDir, name))
  const second = await start()
  const token = await signIn(second, bootstrap)
  await healthy(second, token)
  expect(await nodes(second, token)).toHaveLength(1)
})
