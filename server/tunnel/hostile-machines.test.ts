import { once } from 'node:events'
import { connect } from 'node:net'
import { Readable, type Writable } from 'node:stream'
import { expect, test, vi } from 'vitest'
import type { AgentRoute } from '#agent/http'
import { drained } from '#agent/log/instance-log'
import { agentPaths } from '#contract/agent'
import { downloadHostFile } from '#contract/host-files'
import { getNode, listNodes } from '#contract/nodes'
import { urlFor } from '#contract/operation'
import { getTunnelStats } from '#contract/tunnel'
import { addInstance, listeningApp, observed, quick, startAgent } from '#server/testing/agent'
import { type Behaviour, forever, heartbeat, hello, join, line } from '#server/testing/hostile-agent'
import { terminalViewer } from '#server/testing/terminal'
import { until } from '#server/testing/until'

const GB = 1024 ** 3
const MB = 1024 ** 2
const features = {
  terminal: true,
  host_files: { paths: ['/srv'], is_writable: true },
  ssh: null,
  service: 'none',
  is_updatable: false,
}
const allowing: Behaviour = { hello: { ...hello, features } }
const foreign = '01900000-0000-7000-8000-000000000000'

/** Writes the same again and again until the other side has enough, at most a gigabyte. */
async function flood(sink: Writable, signal: AbortSignal, chunk: Buffer | string, onSent = (_bytes: number) => {}) {
  for (let sent = 0; sent < GB && !signal.aborted && !sink.destroyed;) {
    const isTaken = sink.write(chunk)
    onSent((sent += Buffer.byteLength(chunk)))
    if (!isTaken) await drained(sink, signal)
  }
}

test.each([
  [
    'heartbeats',
    { ...heartbeat, instances: Array.from({ length: 5000 }, () => ({ id: foreign, state: 'error', usage: null })) },
  ],
  [
    'events',
    {
      type: 'event',
      seq: 1,
      at: heartbeat.at,
      instance: observed(foreign),
      activity: null,
      crash_log: 'x'.repeat(250_000),
    },
  ],
])(
  'a gigabyte of %s stays where it comes from: memory is bounded, and others are heard',
  async (_, message) => {
    // All of it is in one process, which must not take itself for dead while it reads.
    const times = { ...quick, ping: 5000, dead: 60_000, handshake: 30_000 }
    await using app = await listeningApp({ tunnelTimes: times })
    await using honest = await startAgent({ ...app.forAgent, times })
    await until(() => app.agents.isConnected(honest.nodeId()))
    let sent = 0
    const before = process.memoryUsage().rss
    const { node_id } = await join(app, {
      events: (sink, signal) => flood(sink, signal, line(message), (bytes) => (sent = bytes)),
    })
    await until(() => sent > 64 * MB, 60_000)
    // What is beyond the burst waits in the machine’s own tunnel.
    let still = sent
    await until(async () => {
      await new Promise((resolve) => setTimeout(resolve, 300))
      const isStill = sent - still < 8 * MB
      still = sent
      return isStill
    }, 60_000)
    for (let asked = 0; asked < 20; asked++) {
      expect((await app.signedIn(getNode, { params: { id: honest.nodeId() } })).status).toBe(200)
      await app.agents.request(honest.nodeId(), { method: 'PUT', path: agentPaths.sync, json: { instances: [] } })
    }
    expect(sent).toBeLessThan(256 * MB)
    expect(process.memoryUsage().rss - before).toBeLessThan(512 * MB)
    expect(app.agents.isConnected(honest.nodeId())).toBe(true)
    expect((await app.signedIn(getNode, { params: { id: node_id } })).status).toBe(200)
  },
  180_000,
)

test('what a machine allows and can has a size, however much it tells', async () => {
  await using app = await listeningApp()
  const many = Array.from({ length: 900 }, (_, n) => `/srv/${n}`)
  const key = `ssh-ed25519 ${'A'.repeat(30_000)}`
  const told = {
    terminal: true,
    host_files: { paths: [...many, `/${'x'.repeat(100_000)}`], is_writable: true },
    ssh: {
      port: 1e9,
      host_keys: [key, ...Array.from({ length: 100 }, () => 'no key at all')],
      is_managed: true,
      trusts_ca: true,
      ca_fingerprints: Array.from({ length: 1000 }, () => 'SHA256:x'),
      krl_version: 1,
      problem: '<b>\u001b[31m'.repeat(10_000),
    },
    service: 'none',
    is_updatable: true,
    update: { version: 'v'.repeat(50_000), at: heartbeat.at, state: 'failed', reason: 'r'.repeat(50_000) },
    smuggled: 'x'.repeat(50_000),
  }
  const capabilities = {
    runtimes: Array.from({ length: 20_000 }, () => 'docker'),
    process_limits: { memory: true, cpu: true, pids: true, smuggled: 'x'.repeat(50_000) },
    smuggled: 'x'.repeat(50_000),
  }
  const sizes: number[] = []
  for (const behaviour of [
    { hello: { ...hello, capabilities, features: told } },
    {
      events: async (sink, signal) => {
        sink.write(
          line({ ...heartbeat, capabilities, features: { ...told, host_files: { paths: many, is_writable: true } } }),
        )
        await forever(signal)
      },
    },
  ] satisfies Behaviour[]) {
    const { node, node_id } = await join(app, behaviour)
    await vi.waitFor(async () => expect((await node()).capabilities.runtimes).toEqual(['docker']), 5000)
    const row = await app.control.db
      .selectFrom('nodes')
      .select(['features', 'capabilities'])
      .where('id', '=', node_id)
      .executeTakeFirstOrThrow()
    expect(JSON.stringify(row)).not.toContain('smuggled')
    sizes.push(JSON.stringify(row).length)
  }
  expect(Math.max(...sizes)).toBeLessThan(20_000)
})

test('names that are paths, markup or orders to a terminal are words, and short ones', async () => {
  await using app = await listeningApp()
  const awful = '../../../etc/passwd\u0000\u001b[2J\u009b31m\u001b]52;c;ZXZpbA==\u0007<img src=x onerror=alert(1)>\r\n'
  const { node } = await join(app, {
    machine: { hostname: awful, platform: '../..', arch: '\u001b[31m', agent_version: '<b>' },
    hello: {
      ...hello,
      hostname: awful,
      os: awful,
      kernel: awful,
      platform: awful,
      arch: awful,
      agent_version: awful,
      engine_version: awful,
    },
  })
  await vi.waitFor(async () => expect((await node()).os).toContain('passwd'), 5000)
  // oxlint-disable-next-line no-control-regex -- there must be none
  const control = /[\x00-\x1f\x7f-\x9f]/
  const shown = await node()
  for (const field of ['name', 'hostname', 'platform', 'arch', 'os', 'kernel', 'agent_version', 'engine_version']) {
    expect(shown[field]).not.toMatch(control)
  }
  expect((await app.signedIn(listNodes)).status).toBe(200)
  // A machine may not choose what it is called by a path either.
  expect(shown.name.length).toBeLessThanOrEqual(63)
})

test('how a server ended is told in few words, and of own servers only', async () => {
  await using app = await listeningApp()
  const victim = await join(app)
  const theirs = await addInstance(app, await victim.node())
  const usage = {
    cpu_percent: 1,
    memory_bytes: 1,
    memory_limit_bytes: null,
    network_in_bytes_per_second: 1,
    network_out_bytes_per_second: 1,
    pids: null,
    uptime_seconds: 1,
    disk_bytes: null,
  }
  const begun = Promise.withResolvers<(message: unknown) => void>()
  const evil = await join(app, {
    events: async (sink, signal) => {
      begun.resolve((message) => void sink.write(line(message)))
      await forever(signal)
    },
  })
  const own = await addInstance(app, await evil.node())
  const say = await begun.promise
  const exit = { code: 1, signal: 'S'.repeat(500_000), oom: false, at: heartbeat.at, more: 'x'.repeat(100_000) }
  say({ ...heartbeat, instances: [theirs, own].map((id) => ({ id, state: 'running', usage })) })
  for (const [n, id] of [theirs, own].entries()) {
    const instance = observed(id, { state: 'error', exit })
    say({ type: 'event', seq: n + 1, at: heartbeat.at, instance, activity: 'instance.crashed', crash_log: null })
  }
  const rows = () => app.control.db.selectFrom('instances').select(['id', 'state', 'exit']).execute()
  await vi.waitFor(async () => expect((await rows()).find(({ id }) => id === own)?.state).toBe('error'))
  expect((await rows()).find(({ id }) => id === theirs)).toMatchObject({ state: 'creating', exit: null })
  expect((await rows()).find(({ id }) => id === own)?.exit?.length).toBeLessThan(300)
  const audited = await app.control.db.selectFrom('audit_logs').selectAll().execute()
  expect(JSON.stringify(audited.filter((row) => JSON.stringify(row).includes('instance.crashed'))).length).toBeLessThan(
    3000,
  )
})

const refusals: [string, (sink: Writable) => void][] = [
  ['never ends', (sink) => void flood(sink, new AbortController().signal, Buffer.alloc(65_536, 'x'))],
  ['stops in the middle', (sink) => void sink.write('{"code":')],
]
test.each(refusals)(
  'a refusal that %s keeps nobody waiting: of a connection, an upload, a stream',
  async (_, pour) => {
    await using app = await listeningApp()
    const { node_id, session } = await join(app, {
      raw(stream, headers) {
        if (headers[':method'] !== 'CONNECT' && headers[':path'] !== '/refuse') return false
        stream.on('error', () => {})
        stream.resume()
        stream.respond({ ':status': 409 })
        pour(stream)
        return true
      },
    })
    await until(() => app.agents.isConnected(node_id))
    const { signal } = new AbortController()
    const failed = { status: 503, code: 'agent_failed' }
    const body = new Readable({ read() {} })
    body.push(Buffer.alloc(1000))
    await Promise.all([
      expect(app.agents.connect(node_id, 'sshd', signal)).rejects.toMatchObject(failed),
      expect(app.agents.upload(node_id, { method: 'PUT', path: '/refuse', body, signal })).rejects.toMatchObject(
        failed,
      ),
      expect(app.agents.stream(node_id, { method: 'GET', path: '/refuse', signal })).rejects.toMatchObject(failed),
    ])
    expect(body.destroyed).toBe(true)
    await until(async () => (await app.signedIn(getTunnelStats)).json().streams_open <= 1)
    session.close()
  },
  30_000,
)

test('an answer of eight million brackets is no answer', async () => {
  await using app = await listeningApp()
  const { node_id } = await join(app, {
    routes: [
      { method: 'GET', path: '/deep', handle: () => ({ stream: async (sink) => void sink.write('['.repeat(8e6)) }) },
    ],
  })
  await until(() => app.agents.isConnected(node_id))
  const answer = await app.agents.request(node_id, { method: 'GET', path: '/deep' })
  expect(() => answer.json()).toThrow(/cannot be read/)
})

const shellRoutes = (
  headers: Record<string, string>,
  pour: (sink: Writable, signal: AbortSignal) => Promise<void>,
): AgentRoute[] => [
  { method: 'POST', path: agentPaths.terminals, handle: () => ({ json: { id: 't1', login: 'root' } }) },
  {
    method: 'GET',
    path: agentPaths.terminal,
    handle: ({ signal }) => ({ headers, stream: (sink) => pour(sink, signal) }),
  },
  { method: 'POST', path: agentPaths.terminalAck, handle: () => ({}) },
  { method: 'DELETE', path: agentPaths.terminal, handle: () => ({}) },
]
async function connected(app: Awaited<ReturnType<typeof listeningApp>>, behaviour: Behaviour) {
  const made = await join(app, { ...allowing, ...behaviour })
  await until(() => app.agents.isConnected(made.node_id))
  return made
}

test.each([
  ['no place', {}],
  ['a word for a place', { 'x-offset': 'here' }],
  ['a place before the first', { 'x-offset': '-1' }],
  ['a place beyond all', { 'x-offset': '1e300' }],
  ['half a place', { 'x-offset': '0.5' }],
  ['nonsense of an end', { 'x-offset': '0', 'x-newest': 'NaN', 'x-ended': '{"reason":"<script>"' }],
  ['an end that is none', { 'x-offset': '0', 'x-ended': '{"reason":"exited","exit_code":"\\u001b[2J","signal":[]}' }],
  ['a place far ahead', { 'x-offset': String(Number.MAX_SAFE_INTEGER), 'x-newest': '0' }],
])('a terminal that tells %s can be left, and its machine goes on', async (_, headers) => {
  await using app = await listeningApp()
  const { node_id } = await connected(app, {
    routes: shellRoutes(headers as Record<string, string>, async (sink) => void sink.write('\u001b[2Jhello')),
  })
  using viewer = await terminalViewer(app, node_id)
  expect(viewer.messages[0]).toMatchObject({ type: 'start', login: 'root' })
  viewer.type('x')
  viewer.say({ type: 'close' })
  await until(() => viewer.closed() !== undefined)
  expect(app.agents.isConnected(node_id)).toBe(true)
})

test.each([
  ['an id that is a path', { id: '../instances', login: 'root' }],
  ['a login that orders', { id: 't1', login: '\u001b]0;evil\u0007' }],
  ['a login of a megabyte', { id: 't1', login: 'r'.repeat(MB) }],
  ['nothing', {}],
])('a terminal that begins with %s is refused, and nothing of it is kept', async (_, json) => {
  await using app = await listeningApp()
  const { node_id } = await connected(app, {
    routes: [{ method: 'POST', path: agentPaths.terminals, handle: () => ({ json }) }],
  })
  using viewer = await terminalViewer(app, node_id)
  await until(() => viewer.closed() !== undefined)
  expect(viewer.types()).not.toContain('start')
  expect(await app.control.db.selectFrom('terminal_sessions').selectAll().execute()).toEqual([])
})

test('a shell that prints a gigabyte at somebody who stands still fills no memory, and is left at once', async () => {
  await using app = await listeningApp()
  const before = process.memoryUsage().rss
  let sent = 0
  const chunk = Buffer.alloc(65_536, '\u001b[31mx')
  const { node_id } = await connected(app, {
    routes: shellRoutes({ 'x-offset': '0', 'x-oldest': '0', 'x-newest': '0' }, (sink, signal) =>
      flood(sink, signal, chunk, (bytes) => (sent = bytes)),
    ),
  })
  using viewer = await terminalViewer(app, node_id)
  viewer.acknowledges = false
  await until(() => sent > 300 * MB, 120_000)
  expect(viewer.size()).toBeLessThan(4 * MB)
  expect(process.memoryUsage().rss - before).toBeLessThan(256 * MB)
  expect((await app.signedIn(getNode, { params: { id: node_id } })).status).toBe(200)
  viewer.say({ type: 'close' })
  await until(() => viewer.closed() !== undefined)
}, 180_000)

test.each([
  ['longer than it says', { 'content-length': '5' }],
  ['shorter than it says', { 'content-length': '500000' }],
  ['of a length that is none', { 'content-length': 'five' }],
  ['of two lengths', { 'content-length': '5, 6' }],
  ['without a length', {}],
])('a file that is %s answers one request, never the next one', async (_, headers) => {
  await using app = await listeningApp()
  const second = 'HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 4\r\n\r\nevil'
  const { node_id } = await connected(app, {
    routes: [
      {
        method: 'GET',
        path: agentPaths.fileDownload,
        handle: () => ({
          headers: headers as Record<string, string>,
          stream: async (sink) => void sink.write(`hello${second}`),
        }),
      },
    ],
  })
  const token = await app.adminToken()
  const socket = connect(app.port, '127.0.0.1')
  const ask = (url: string, connection: string) =>
    socket.write(
      `GET ${url} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${token}\r\nconnection: ${connection}\r\n\r\n`,
    )
  ask(urlFor(downloadHostFile, { params: { id: node_id }, query: { path: '/srv/a' } }), 'keep-alive')
  ask('/health/live', 'close')
  let got = ''
  socket.on('data', (part: Buffer) => (got += part.toString('latin1')))
  socket.on('error', () => {})
  await Promise.race([once(socket, 'close'), new Promise((resolve) => setTimeout(resolve, 2000))])
  socket.destroy()
  const end = got.indexOf('\r\n\r\n')
  const head = got.slice(0, end)
  const body = got.slice(end + 4)
  expect(head).toMatch(/^HTTP\/1\.1 \d{3} /)
  const length = /content-length: (\d+)/i.exec(head)?.[1]
  // What is within the first answer a browser saves as a file.
  const rest = length === undefined ? body.slice(0, body.indexOf('\r\n') + 7) : body.slice(Number(length))
  expect(rest).not.toContain('evil')
  expect(head).toMatch(length === undefined ? /transfer-encoding: chunked/i : /content-type:/i)
})
