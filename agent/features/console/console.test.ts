import { PassThrough, Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { agentPaths } from '#contract/agent'
import type { AgentReply, AgentRoute } from '#agent/http'
import { ECHO, request, shellSpec, testAgent } from '../instances/testing.ts'
import { instanceRoutes } from '../instances/routes.ts'
import { consoleRoutes } from './routes.ts'

type Call = { query?: Record<string, string>; body?: unknown; bytes?: string; signal?: AbortSignal }

/** Calls routes as the tunnel does. */
function caller(routes: AgentRoute[]) {
  return async (method: AgentRoute['method'], path: string, id: string, call: Call = {}): Promise<AgentReply> => {
    const route = routes.find((candidate) => candidate.method === method && candidate.path === path)
    if (!route) throw new Error(`no route ${method} ${path}`)
    return route.handle({
      params: { id },
      query: new URLSearchParams(call.query),
      headers: {},
      json: () => Promise.resolve(call.body),
      body: Readable.from([Buffer.from(call.bytes ?? '')]),
      signal: call.signal ?? new AbortController().signal,
    })
  }
}

async function consoleAgent() {
  const agent = await testAgent()
  return { agent, call: caller([...instanceRoutes(agent.instances), ...consoleRoutes(agent.instances)]) }
}

test('a server is put, typed to, read and stopped over the routes', async () => {
  const { agent, call } = await consoleAgent()
  await using _ = agent
  const spec = shellSpec('process', ECHO, { install: { image: null, entrypoint: [], script: 'echo installing' } })
  expect((await call('PUT', agentPaths.instance, spec.id, { body: spec })).json).toMatchObject({ id: spec.id })
  await agent.until(spec.id, (now) => now.state === 'running')
  expect(await call('POST', agentPaths.input, spec.id, { bytes: 'hello\r' })).toEqual({})
  expect(await call('POST', agentPaths.resize, spec.id, { body: { cols: 100, rows: 40 } })).toEqual({})
  await agent.untilLog(spec.id, 'heard hello')

  const abort = new AbortController()
  const console = await call('GET', agentPaths.console, spec.id, { query: { from: '0' }, signal: abort.signal })
  const sink = new PassThrough()
  const streaming = console.stream?.(sink)
  let seen = ''
  for await (const chunk of sink) {
    seen += String(chunk)
    if (seen.includes('heard hello')) break
  }
  abort.abort()
  await streaming
  expect(console.headers).toMatchObject({ 'x-offset': '0', 'x-oldest': '0' })

  const history = await call('GET', agentPaths.logHistory, spec.id, { query: { search: 'HEARD', limit: '5' } })
  expect(history.json).toMatchObject({ items: [{ text: 'heard hello', at: expect.any(String) }] })
  const install = await call('GET', agentPaths.installLog, spec.id)
  expect(install.json).toEqual({ text: 'installing\r\n', next: 12, state: 'done' })
  expect((await call('GET', agentPaths.stats, spec.id)).json).toMatchObject({ state: 'running' })
  const download = new PassThrough()
  await (await call('GET', agentPaths.logDownload, spec.id)).stream?.(download)
  expect(String(download.read())).toContain('heard hello')

  const stop = await call('POST', agentPaths.action, spec.id, { body: request('stop') })
  expect(stop).toMatchObject({ status: 202, json: { power: 'stopped' } })
  await agent.until(spec.id, (now) => now.state === 'stopped')
  await expect(call('POST', agentPaths.input, spec.id, { bytes: 'x' })).rejects.toMatchObject({
    status: 409,
    code: 'not_running',
  })
  await call('DELETE', agentPaths.logClear, spec.id)
  expect((await call('GET', agentPaths.logHistory, spec.id)).json).toMatchObject({ items: [] })
  expect((await call('PUT', agentPaths.sync, '', { body: { instances: [spec] } })).json).toMatchObject({
    instances: [{ id: spec.id }],
  })
  expect(await call('DELETE', agentPaths.instance, spec.id, { query: { data: 'delete' } })).toEqual({})
  expect(agent.instances.list()).toEqual([])
})

test('a viewer that does not read holds up neither the server nor the memory', async () => {
  const { agent, call } = await consoleAgent()
  await using _ = agent
  const spec = shellSpec(
    'process',
    'yes "a line of a server that prints as fast as it can" | head -c 30000000; echo; echo over; exec sleep 1000',
    {
      stop: { command: null, signal: 'SIGKILL', timeout_seconds: 5 },
    },
  )
  await agent.instances.put(spec)
  const abort = new AbortController()
  const { stream } = await call('GET', agentPaths.console, spec.id, { query: { from: '0' }, signal: abort.signal })
  const stalled = new PassThrough()
  const streaming = stream?.(stalled)
  const { log } = agent.instances.get(spec.id)
  await expect.poll(() => log.range().newest, { timeout: 20_000 }).toBeGreaterThan(30_000_000)
  expect(stalled.readableLength + stalled.writableLength).toBeLessThan(1024 * 1024)
  abort.abort()
  await streaming
})

test.each([
  ['a spec without an image field', 'PUT', agentPaths.instance, { body: { id: 'x' } }],
  ['an action without a deadline', 'POST', agentPaths.action, { body: { id: 'x', action: 'stop' } }],
  ['an unknown action', 'POST', agentPaths.action, { body: { ...request('stop'), action: 'explode' } }],
  ['a terminal of no size', 'POST', agentPaths.resize, { body: { cols: 0, rows: 1 } }],
  ['an offset that is no number', 'GET', agentPaths.console, { query: { from: '-1' } }],
  ['a deletion that does not say what becomes of the data', 'DELETE', agentPaths.instance, {}],
] as const)('refuses %s', async (_, method, path, input) => {
  const { agent, call } = await consoleAgent()
  await using _agent = agent
  const spec = shellSpec('process', ECHO, { initial_power: 'stopped' })
  await agent.instances.put(spec)
  await agent.until(spec.id, (now) => now.state === 'stopped')
  await expect(call(method, path, spec.id, input)).rejects.toMatchObject({ status: 400, code: 'invalid_request' })
})

test('a server that is not here is not found', async () => {
  const { agent, call } = await consoleAgent()
  await using _ = agent
  await expect(call('GET', agentPaths.stats, crypto.randomUUID())).rejects.toMatchObject({
    status: 404,
    code: 'instance_not_found',
  })
})
