import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { Type as T } from 'typebox'
import { expect, test, vi } from 'vitest'
import { listActivity } from '#contract/activity'
import { TUNNEL_UPGRADE } from '#contract/agent'
import { getNode } from '#contract/nodes'
import { getTunnelStats, listTunnelAgents } from '#contract/tunnel'
import { AgentError } from '#agent/errors'
import { dial } from '#agent/dial'
import {
  connected,
  epochOf,
  type ListeningApp,
  listeningApp,
  quick,
  type RunningAgent,
  startAgent,
} from '#server/testing/agent'

test('a request reaches the agent and its answer comes back; its refusals are ours', async () => {
  await using app = await listeningApp()
  await using agent = await startAgent({
    ...app.forAgent,
    routes: [
      {
        method: 'POST',
        path: '/echo/:word',
        handle: async (request) => ({
          status: 201,
          json: { word: request.params.word, q: request.query.get('q'), body: await request.json() },
        }),
      },
      {
        method: 'GET',
        path: '/gone',
        handle: () => {
          throw new AgentError(409, 'not_running', 'It does not run.')
        },
      },
      {
        method: 'GET',
        path: '/stolen',
        handle: () => {
          throw new AgentError(401, 'unauthorized', 'Sign out!')
        },
      },
      {
        method: 'GET',
        path: '/bug',
        handle: () => {
          throw new Error('secret path')
        },
      },
      { method: 'GET', path: '/never', handle: () => new Promise<never>(() => {}) },
    ],
  })
  await connected(app, agent)
  const ask = (method: 'GET' | 'POST', path: string, json?: unknown) =>
    app.agents.request(agent.nodeId(), { method, path, json, timeoutMs: 300 })
  const answer = await ask('POST', '/echo/a%20b?q=1', { n: 1 })
  expect([answer.status, answer.json()]).toEqual([201, { word: 'a b', q: '1', body: { n: 1 } }])
  expect(answer.json(T.Object({ word: T.String() })).word).toBe('a b')
  expect(() => answer.json(T.Object({ word: T.Integer() }))).toThrow(
    expect.objectContaining({ code: 'agent_answer_unusable', status: 503 }),
  )
  await expect(ask('GET', '/gone')).rejects.toMatchObject({
    status: 409,
    code: 'not_running',
    message: 'It does not run.',
  })
  await expect(ask('GET', '/stolen')).rejects.toMatchObject({ status: 503, code: 'agent_failed' })
  await expect(ask('GET', '/bug')).rejects.toMatchObject({
    status: 503,
    message: expect.not.stringContaining('secret'),
  })
  await expect(ask('GET', '/never')).rejects.toMatchObject({ status: 503, code: 'agent_timeout' })
  await expect(ask('GET', '/nowhere')).rejects.toMatchObject({ status: 404, code: 'not_found' })
  await expect(ask('GET', '/echo/%E0%A4%A')).rejects.toMatchObject({ status: 400 })
})

test('streams flow, and end when the reader has enough', async () => {
  await using app = await listeningApp()
  let ended = false
  await using agent = await startAgent({
    ...app.forAgent,
    routes: [
      {
        method: 'GET',
        path: '/numbers',
        handle: ({ signal }) => ({
          headers: { 'x-offset': '0' },
          async stream(sink) {
            for (let n = 0; !signal.aborted; n++) {
              if (!sink.write(`${n}\n`)) {
                await new Promise<void>(
                  (resolve) => (sink.once('drain', resolve), signal.addEventListener('abort', () => resolve())),
                )
              }
              await new Promise((resolve) => setImmediate(resolve))
            }
            ended = true
          },
        }),
      },
    ],
  })
  await connected(app, agent)
  const enough = new AbortController()
  const { status, headers, stream } = await app.agents.stream(agent.nodeId(), {
    method: 'GET',
    path: '/numbers',
    signal: enough.signal,
  })
  expect([status, headers['x-offset']]).toEqual([200, '0'])
  let text = ''
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    text += chunk.toString()
    if (text.includes('\n100\n')) break
  }
  enough.abort()
  expect(text.split('\n').slice(0, 101)).toEqual(Array.from({ length: 101 }, (_, n) => String(n)))
  await vi.waitFor(() => expect(ended).toBe(true))
})

test('a machine that is away answers for nobody, and says since when', async () => {
  await using app = await listeningApp()
  const agent = await startAgent(app.forAgent)
  await connected(app, agent)
  const id = agent.nodeId()
  await vi.waitFor(async () => expect((await app.signedIn(getNode, { params: { id } })).json().state).toBe('healthy'))
  await agent[Symbol.asyncDispose]()
  await vi.waitFor(() => expect(app.agents.isConnected(id)).toBe(false))
  await expect(app.agents.request(id, { method: 'GET', path: '/x' })).rejects.toMatchObject({
    status: 503,
    code: 'node_offline',
    message: expect.stringContaining('away since'),
  })
  await vi.waitFor(async () =>
    expect((await app.signedIn(getNode, { params: { id } })).json()).toMatchObject({ state: 'offline', usage: null }),
  )
  const actions = async () =>
    (await app.signedIn(listActivity)).json().items.map(({ action }: { action: string }) => action)
  await vi.waitFor(async () => expect((await actions()).slice(0, 2)).toEqual(['node.lost', 'node.connected']))
})

test('a newer session of the same machine fences the older one', async () => {
  await using app = await listeningApp()
  await using agent = await startAgent(app.forAgent)
  await connected(app, agent)
  const first = await epochOf(app)
  const { wire } = await dial(
    { server: { url: app.url }, token: agent.identity().agent_token, timeoutMs: 1000 },
    'upgrade',
  )
  wire.on('error', () => {})
  // The half-dead newcomer never speaks; the agent comes back and wins.
  await vi.waitFor(async () => {
    expect(await epochOf(app)).toBeGreaterThan(first ?? 0)
    expect(app.agents.isConnected(agent.nodeId())).toBe(true)
  }, 10_000)
  expect((await app.signedIn(listTunnelAgents)).json().items).toHaveLength(1)
  wire.destroy()
})

const pingRoute = { method: 'GET', path: '/ping', handle: () => ({ json: 'pong' }) } as const
const answers = (app: ListeningApp, agent: RunningAgent) =>
  vi.waitFor(
    async () =>
      expect((await app.agents.request(agent.nodeId(), { method: 'GET', path: '/ping', timeoutMs: 500 })).json()).toBe(
        'pong',
      ),
    {
      timeout: 10_000,
      interval: 10,
    },
  )

test('after a reset the agent is back at once', async () => {
  await using app = await listeningApp()
  await using agent = await startAgent({ ...app.forAgent, routes: [pingRoute] })
  await connected(app, agent)
  for (let cut = 2; cut < 12; cut++) {
    app.proxy.reset()
    await vi.waitFor(async () => expect(await epochOf(app)).toBeGreaterThanOrEqual(cut), { timeout: 5000, interval: 5 })
    await answers(app, agent)
  }
  expect((await app.signedIn(getTunnelStats)).json().reconnects).toBeGreaterThanOrEqual(10)
})

test('a connection whose bytes vanish is given up by both sides, and replaced', async () => {
  await using app = await listeningApp()
  await using agent = await startAgent({ ...app.forAgent, routes: [pingRoute] })
  await connected(app, agent)
  app.proxy.drop()
  await vi.waitFor(() => expect(app.agents.isConnected(agent.nodeId())).toBe(false), 5000)
  app.proxy.restore()
  await answers(app, agent)
  expect(await epochOf(app)).toBeGreaterThan(1)
})

test('a stall that ends in time is survived; a longer one is replaced', async () => {
  await using app = await listeningApp()
  await using agent = await startAgent({ ...app.forAgent, routes: [pingRoute] })
  await connected(app, agent)
  app.proxy.stall()
  const late = app.agents.request(agent.nodeId(), { method: 'GET', path: '/ping' })
  await new Promise((resolve) => setTimeout(resolve, 150))
  app.proxy.restore()
  expect((await late).json()).toBe('pong')
  expect(await epochOf(app)).toBe(1)
  app.proxy.stall()
  await vi.waitFor(() => expect(app.agents.isConnected(agent.nodeId())).toBe(false), 5000)
  app.proxy.restore()
  await answers(app, agent)
})

test('a half-closed connection is noticed at once', async () => {
  await using app = await listeningApp({ tunnelTimes: { heartbeat: 50, grace: 300 } })
  await using agent = await startAgent({ ...app.forAgent, routes: [pingRoute] })
  await connected(app, agent)
  app.proxy.halfClose()
  await vi.waitFor(async () => expect(await epochOf(app)).toBe(2), 2000)
  await answers(app, agent)
})

test('a reconnect within the grace is no news; a longer absence is', async () => {
  await using app = await listeningApp({ tunnelTimes: { ...quick, grace: 2000 } })
  await using agent = await startAgent(app.forAgent)
  await connected(app, agent)
  const id = agent.nodeId()
  const actions = async () =>
    (await app.signedIn(listActivity, { query: { subject_id: id } }))
      .json()
      .items.map(({ action }: { action: string }) => action)
  await vi.waitFor(async () => expect(await actions()).toContain('node.connected'))
  const untilState = (state: string) =>
    vi.waitFor(async () => expect((await app.signedIn(getNode, { params: { id } })).json().state).toBe(state), 10_000)
  app.proxy.reset()
  await vi.waitFor(async () => expect(await epochOf(app)).toBeGreaterThan(1), 10_000)
  await connected(app, agent)
  expect(await actions()).toEqual(['node.connected', 'node.registered'])
  app.proxy.refuse()
  await untilState('offline')
  app.proxy.restore()
  await untilState('healthy')
  await vi.waitFor(async () =>
    expect(await actions()).toEqual(['node.connected', 'node.lost', 'node.connected', 'node.registered']),
  )
})

test('where an Upgrade is refused the agent comes through a WebSocket', async () => {
  await using app = await listeningApp()
  const [route] = app.app.server.listeners('upgrade')
  app.app.server.removeAllListeners('upgrade')
  app.app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // As a proxy does that knows no other protocol.
    if (request.headers.upgrade !== TUNNEL_UPGRADE) return route?.call(app.app.server, request, socket, head)
    socket.end('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n')
  })
  await using agent = await startAgent({ ...app.forAgent, routes: [pingRoute] })
  await answers(app, agent)
  expect((await app.signedIn(listTunnelAgents)).json().items).toMatchObject([
    { transport: 'websocket', bytes_in: expect.any(Number) },
  ])
  app.proxy.reset()
  await vi.waitFor(async () => expect(await epochOf(app)).toBeGreaterThan(1))
  await answers(app, agent)
})

test('twenty machines come back from one cut, each once', async () => {
  await using app = await listeningApp()
  await using stack = new AsyncDisposableStack()
  await app.adminToken()
  const agents = await Promise.all(Array.from({ length: 20 }, () => startAgent(app.forAgent)))
  for (const agent of agents) stack.use(agent)
  for (const agent of agents) await connected(app, agent)
  app.proxy.reset()
  await vi.waitFor(async () => {
    const { items } = (await app.signedIn(listTunnelAgents)).json()
    expect(items.filter(({ epoch }: { epoch: number }) => epoch > 1)).toHaveLength(20)
  }, 10_000)
  for (const agent of agents) await connected(app, agent)
})
