import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { expect, test, vi } from 'vitest'
import { dial } from '#agent/dial'
import { registerAgent } from '#contract/agent'
import { getInstance } from '#contract/instances'
import { addInstance, listeningApp, observed, quick, registerToken } from '#server/testing/agent'
import { fakeClock } from '#server/testing/clock'
import { type Behaviour, forever, heartbeat, hello, join, line, machine } from '#server/testing/hostile-agent'
import { jsonLines } from './lines.ts'

test.each<[string, Behaviour]>([
  ['a hello that is no hello', { hello: { agent_version: '1' } }],
  ['a hello of two megabytes', { hello: { ...hello, os: 'x'.repeat(2_000_000) } }],
  ['an answer to the sync that is none', { sync: { instances: 'all' } }],
  ['events that are not JSON', { events: async (sink) => void sink.write('garbage\n') }],
  ['events of an unknown form', { events: async (sink) => void sink.write(line({ type: 'event', seq: -1 })) }],
  [
    'a line without end',
    {
      events: async (sink, signal) => {
        while (!signal.aborted) {
          if (!sink.write('x'.repeat(65_536))) await Promise.race([once(sink, 'drain'), forever(signal)])
        }
      },
    },
  ],
  ['events that end', { events: async () => {} }],
  [
    'a number beyond all others',
    {
      events: async (sink) =>
        void sink.write(
          line({
            type: 'event',
            seq: 1e300,
            at: heartbeat.at,
            instance: observed('01900000-0000-7000-8000-000000000000'),
            activity: null,
            crash_log: null,
          }),
        ),
    },
  ],
])('%s ends the session', async (_, behaviour) => {
  await using app = await listeningApp()
  const { session, node_id } = await join(app, behaviour)
  await session.closed
  await vi.waitFor(() => expect(app.agents.isConnected(node_id)).toBe(false))
})

test('an agent that speaks of servers of another machine is not heard', async () => {
  await using app = await listeningApp()
  const victim = await join(app)
  const theirs = await addInstance(app, await victim.node())
  const tell = Promise.withResolvers<Writable>()
  const evil = await join(app, {
    hello: { ...hello, instances: [observed(theirs, { state: 'error', reason: 'mine now' })] },
    sync: { instances: [observed(theirs, { state: 'error', reason: 'mine now' })] },
    events: async (sink, signal) => {
      sink.write(line({ ...heartbeat, instances: [{ id: theirs, state: 'error', usage: null }] }))
      sink.write(
        line({
          type: 'event',
          seq: 1,
          at: heartbeat.at,
          instance: observed(theirs, { state: 'error' }),
          activity: 'instance.crashed',
          crash_log: 'x',
        }),
      )
      tell.resolve(sink)
      await forever(signal)
    },
  })
  await tell.promise
  await vi.waitFor(async () =>
    expect(
      await app.control.db.selectFrom('nodes').select('event_seq').where('id', '=', evil.node_id).executeTakeFirst(),
    ).toEqual({ event_seq: 1 }),
  )
  const instance = await app.control.db
    .selectFrom('instances')
    .select(['state', 'state_reason', 'crash_log'])
    .where('id', '=', theirs)
    .executeTakeFirst()
  expect(instance).toEqual({ state: 'creating', state_reason: null, crash_log: null })
  expect((await app.signedIn(getInstance, { params: { id: theirs } })).status).toBe(200)
})

test('an agent that is too old is told apart, and asked nothing', async () => {
  await using app = await listeningApp()
  const { node, node_id, session } = await join(app, { hello: { ...hello, protocol: 0 }, sync: 'never asked' })
  await vi.waitFor(async () =>
    expect(await node()).toMatchObject({
      state: 'unhealthy',
      state_reason: expect.stringContaining('Update the agent'),
    }),
  )
  await expect(app.agents.request(node_id, { method: 'GET', path: '/x' })).rejects.toMatchObject({
    status: 503,
    code: 'agent_too_old',
  })
  session.close()
  await vi.waitFor(async () => expect((await node()).state).toBe('offline'))
})

test('texts and numbers of a machine are kept within bounds', async () => {
  await using app = await listeningApp()
  const { node } = await join(app, {
    hello: {
      ...hello,
      hostname: 'h'.repeat(9000),
      os: 'o'.repeat(9000),
      kernel: '<script>',
      cpu_cores: -4,
      memory_total_bytes: 1e300,
      disk_total_bytes: 0.5,
      addresses: ['javascript:alert(1)', '10.0.0.1'],
    },
    events: async (sink, signal) => {
      sink.write(line({ ...heartbeat, usage: { ...heartbeat.usage, cpu_percent: 1e9 } }))
      await forever(signal)
    },
  })
  await vi.waitFor(async () => expect((await node()).state).toBe('healthy'))
  expect(await node()).toMatchObject({
    hostname: 'h'.repeat(253),
    os: 'o'.repeat(200),
    kernel: '<script>',
    cpu_cores: 0,
    memory_total_bytes: Number.MAX_SAFE_INTEGER,
    address: '10.0.0.1',
    usage: { cpu_percent: 100 },
  })
})

test('an agent that floods with heartbeats is heard at its rhythm', async () => {
  await using app = await listeningApp({ tunnelTimes: { ...quick, heartbeat: 5000 } })
  const heard: number[] = []
  app.agents.listen({ onHeartbeat: () => void heard.push(1) })
  const sent = Promise.withResolvers<void>()
  await join(app, {
    events: async (sink, signal) => {
      for (let n = 0; n < 2000; n++) if (!sink.write(line(heartbeat))) await once(sink, 'drain')
      sink.write(
        line({
          type: 'event',
          seq: 1,
          at: heartbeat.at,
          instance: observed('01900000-0000-7000-8000-000000000000'),
          activity: null,
          crash_log: null,
        }),
      )
      sent.resolve()
      await forever(signal)
    },
  })
  await sent.promise
  await vi.waitFor(async () =>
    expect(await app.control.db.selectFrom('nodes').select('event_seq').execute()).toEqual([{ event_seq: 1 }]),
  )
  expect(heard).toHaveLength(1)
})

test('an answer that never ends is cut off', async () => {
  await using app = await listeningApp()
  const chunk = Buffer.alloc(65_536)
  const { node_id } = await join(app, {
    routes: [
      {
        method: 'GET',
        path: '/huge',
        handle: ({ signal }) => ({
          stream: async (sink) => {
            while (!signal.aborted) if (!sink.write(chunk)) await Promise.race([once(sink, 'drain'), forever(signal)])
          },
        }),
      },
    ],
  })
  await vi.waitFor(() => expect(app.agents.isConnected(node_id)).toBe(true))
  await expect(app.agents.request(node_id, { method: 'GET', path: '/huge' })).rejects.toMatchObject({
    code: 'agent_answer_unusable',
  })
  expect(app.agents.isConnected(node_id)).toBe(true)
})

test('the head of an answer that never comes is not waited for; a body may take as long as it likes', async () => {
  const clock = fakeClock(Date.now())
  await using app = await listeningApp({ clock, tunnelTimes: { ...quick, ping: 60_000 } })
  const asked = Promise.withResolvers<AbortSignal>()
  const slow = Promise.withResolvers<void>()
  const { node_id, session } = await join(app, {
    routes: [
      {
        method: 'GET',
        path: '/never',
        async handle({ signal }) {
          asked.resolve(signal)
          await forever(signal)
          return {}
        },
      },
      {
        method: 'GET',
        path: '/slow',
        handle: () => ({ stream: (sink) => slow.promise.then(() => void sink.write('at last')) }),
      },
    ],
  })
  await vi.waitFor(() => expect(app.agents.isConnected(node_id)).toBe(true))
  const { signal } = new AbortController()
  const { stream } = await app.agents.stream(node_id, { method: 'GET', path: '/slow', signal })
  const never = app.agents.stream(node_id, { method: 'GET', path: '/never', signal })
  never.catch(() => {})
  const gone = await asked.promise
  clock.advance(15_000)
  await expect(never).rejects.toMatchObject({ status: 503, code: 'agent_timeout' })
  // The machine hears that nobody waits any more.
  await vi.waitFor(() => expect(gone.aborted).toBe(true))
  slow.resolve()
  let text = ''
  for await (const chunk of stream) text += String(chunk)
  expect(text).toBe('at last')
  session.close()
})

test('bytes that are no HTTP/2 end the connection', async () => {
  await using app = await listeningApp()
  const token = await registerToken(app)
  const { agent_token, node_id } = (await app.call(registerAgent, { body: { ...machine, token } })).json()
  const { wire } = await dial({ server: { url: app.url }, token: agent_token, timeoutMs: 2000 }, 'upgrade')
  wire.on('error', () => {})
  wire.resume()
  wire.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  await once(wire, 'close')
  expect(app.agents.isConnected(node_id)).toBe(false)
})

test('lines are found wherever chunks end', async () => {
  async function* chunks(text: string, size: number) {
    const bytes = Buffer.from(text)
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
  }
  const { Readable } = await import('node:stream')
  const values = [{ a: 'é\n' }, 1, 'x'.repeat(50), null]
  for (const size of [1, 2, 3, 7, 1000]) {
    const found = []
    for await (const value of jsonLines(Readable.from(chunks(`${values.map(line).join('')}\n{"cut"`, size)))) {
      found.push(value)
    }
    expect(found).toEqual(values)
  }
})
