import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { Readable } from 'node:stream'
import { expect, test, vi } from 'vitest'
import { deleteNode } from '#contract/nodes'
import { listeningApp, startAgent } from '#server/testing/agent'

const MIB = 1024 * 1024
const never = () => new AbortController().signal
type Options = Pick<Parameters<typeof startAgent>[0], 'routes' | 'targets'>

async function connected(options: Options) {
  const app = await listeningApp()
  const agent = await startAgent({ ...app.forAgent, ...options })
  await vi.waitFor(() => expect(app.agents.isConnected(agent.nodeId())).toBe(true), 5000)
  return {
    app,
    nodeId: agent.nodeId(),
    stop: () => agent[Symbol.asyncDispose](),
    async [Symbol.asyncDispose]() {
      await agent[Symbol.asyncDispose]()
      await app[Symbol.asyncDispose]()
    },
  }
}

function* pieces(bytes: Buffer) {
  for (let at = 0; at < bytes.length; at += 64 * 1024) yield bytes.subarray(at, at + 64 * 1024)
}

test('a long body reaches the agent whole, and its answer comes back', async () => {
  const bytes = randomBytes(20 * MIB)
  await using it = await connected({
    routes: [
      {
        method: 'PUT',
        path: '/sink',
        async handle({ body, headers }) {
          const hash = createHash('sha256')
          for await (const chunk of body as AsyncIterable<Buffer>) hash.update(chunk)
          return { json: { sha256: hash.digest('hex'), told: headers['x-told'] } }
        },
      },
    ],
  })
  const answer = await it.app.agents.upload(it.nodeId, {
    method: 'PUT',
    path: '/sink',
    body: Readable.from(pieces(bytes)),
    headers: { 'x-told': 'yes' },
    signal: never(),
  })
  expect(answer.json()).toEqual({ sha256: createHash('sha256').update(bytes).digest('hex'), told: 'yes' })
})

test('an agent that refuses a body while it is sent is heard, and the sender is stopped', async () => {
  await using it = await connected({
    routes: [
      {
        method: 'PUT',
        path: '/full',
        async handle() {
          const { AgentError } = await import('#agent/errors')
          throw new AgentError(507, 'disk_full', 'The disk is full.')
        },
      },
    ],
  })
  const body = Readable.from(
    (async function* () {
      for (;;) {
        yield Buffer.alloc(64 * 1024)
        await new Promise((resolve) => setImmediate(resolve))
      }
    })(),
  )
  const sending = it.app.agents.upload(it.nodeId, { method: 'PUT', path: '/full', body, signal: never() })
  await expect(sending).rejects.toMatchObject({ status: 507, code: 'disk_full' })
  await vi.waitFor(() => expect(body.destroyed).toBe(true))
})

test('a body that breaks in the middle does not arrive as a whole one', async () => {
  const ends: string[] = []
  await using it = await connected({
    routes: [
      {
        method: 'PUT',
        path: '/sink',
        async handle({ body }) {
          try {
            for await (const _ of body as AsyncIterable<Buffer>);
            ends.push('whole')
          } catch {
            ends.push('broken')
          }
          return {}
        },
      },
    ],
  })
  const body = Readable.from(
    (async function* () {
      yield Buffer.alloc(1024)
      throw new Error('the source broke')
    })(),
  )
  const sending = it.app.agents.upload(it.nodeId, { method: 'PUT', path: '/sink', body, signal: never() })
  await expect(sending).rejects.toThrow()
  await vi.waitFor(() => expect(ends).toEqual(['broken']))
})

test('a connection through the agent carries bytes both ways, ends as a socket does, and reaches nothing else', async () => {
  const echo = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket)).listen(0, '127.0.0.1')
  await once(echo, 'listening')
  const { port } = echo.address() as AddressInfo
  await using it = await connected({
    targets: [
      {
        authority: 'echo',
        async open() {
          const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
          await once(socket, 'connect')
          return socket
        },
      },
    ],
  })
  const bytes = randomBytes(5 * MIB)
  const wire = await it.app.agents.connect(it.nodeId, 'echo', never())
  const heard: Buffer[] = []
  wire.on('data', (chunk: Buffer) => heard.push(chunk))
  wire.end(bytes)
  await once(wire, 'end')
  expect(Buffer.concat(heard).equals(bytes)).toBe(true)

  await expect(it.app.agents.connect(it.nodeId, `127.0.0.1:${port}`, never())).rejects.toMatchObject({ status: 404 })
  const cut = await it.app.agents.connect(it.nodeId, 'echo', never())
  cut.on('error', () => {})
  // It may end with an error, which is no failure here.
  const closed = new Promise((resolve) => cut.once('close', resolve))
  it.app.proxy.reset()
  await closed
  echo.close()
})

/** Bytes without an end, as fast as they are taken. */
const endless = () =>
  new Readable({
    read() {
      this.push(Buffer.alloc(64 * 1024))
    },
  })

test('a line that dies silently under a long body is given up by both sides, whichever way the body went', async () => {
  await using it = await connected({
    routes: [
      { method: 'PUT', path: '/lines', handle: ({ body }) => (body.resume(), new Promise(() => {})) },
      {
        method: 'GET',
        path: '/lines',
        handle: () => ({
          async stream(sink) {
            for (;;) if (!sink.write(Buffer.alloc(64 * 1024))) await once(sink, 'drain')
          },
        }),
      },
    ],
  })
  const { agents, proxy } = it.app
  const { stream } = await agents.stream(it.nodeId, { method: 'GET', path: '/lines', signal: never() })
  stream.on('error', () => {})
  const sent = agents.upload(it.nodeId, { method: 'PUT', path: '/lines', body: endless(), signal: never() })
  sent.catch(() => {})
  await once(stream, 'data')
  stream.resume()
  proxy.stall()
  await vi.waitFor(() => expect(agents.isConnected(it.nodeId)).toBe(false), 5000)
  await expect(sent).rejects.toMatchObject({ code: 'node_offline' })
  proxy.restore()
  await vi.waitFor(() => expect(agents.isConnected(it.nodeId)).toBe(true), 5000)
})

const cuts: [string, (it: Awaited<ReturnType<typeof connected>>) => unknown][] = [
  ['the line is cut', (it) => it.app.proxy.reset()],
  ['the control plane ends the session', (it) => it.app.signedIn(deleteNode, { params: { id: it.nodeId } })],
  ['the agent stops', (it) => it.stop()],
]
test.each(cuts)('bodies whose end never came, because %s, are not taken for whole ones', async (_, cut) => {
  const begun = Promise.withResolvers<void>()
  const received = Promise.withResolvers<string>()
  await using it = await connected({
    routes: [
      {
        method: 'GET',
        path: '/lines',
        handle: ({ signal }) => ({
          async stream(sink) {
            sink.write('{"n":1}\n')
            await once(signal, 'abort')
          },
        }),
      },
      {
        method: 'PUT',
        path: '/lines',
        async handle({ body }) {
          try {
            for await (const _ of body) begun.resolve()
            received.resolve('whole')
          } catch {
            received.resolve('broken')
          }
          return {}
        },
      },
    ],
  })
  const { stream } = await it.app.agents.stream(it.nodeId, { method: 'GET', path: '/lines', signal: never() })
  expect(String((await once(stream, 'data'))[0])).toBe('{"n":1}\n')
  stream.pause()
  const rest = (async () => {
    for await (const _ of stream);
  })()
  rest.catch(() => {})
  const body = new Readable({ read() {} })
  body.push('{"n":1}\n')
  const sent = it.app.agents.upload(it.nodeId, { method: 'PUT', path: '/lines', body, signal: never() })
  sent.catch(() => {})
  await begun.promise

  await cut(it)
  await expect(rest).rejects.toThrow()
  await expect(sent).rejects.toMatchObject({ code: 'node_offline' })
  expect(await received.promise).toBe('broken')
})
