import { once } from 'node:events'
import https from 'node:https'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import Fastify from 'fastify'
import { expect, test } from 'vitest'
import { selfSigned } from '#server/testing/certificate'
import { listenSecurely, secureLimits } from './secure-listener.ts'

const limits = { ...secureLimits, handshakeTimeout: 300, headersTimeout: 300, connectionsCheckingInterval: 50 }

async function listening() {
  const app = Fastify()
  app.get('/', async () => 'hello')
  await app.ready()
  const { port, close } = await listenSecurely(app, { ...selfSigned('localhost'), port: 0 }, limits)
  return {
    port,
    ask: () =>
      new Promise<number>((resolve, reject) => {
        const asked = https.get(
          { port, host: '127.0.0.1', path: '/', rejectUnauthorized: false, agent: false },
          (answer) => {
            answer.resume()
            resolve(answer.statusCode ?? 0)
          },
        )
        asked.on('error', reject)
      }),
    async [Symbol.asyncDispose]() {
      await close(0)
      await app.close()
    },
  }
}

/** One byte of it now and then, until the other side has had enough; the last waits for ever. */
function drip(socket: Socket, bytes: Buffer): void {
  let at = 0
  const timer = setInterval(() => {
    if (socket.destroyed || at >= bytes.length - 1) return clearInterval(timer)
    socket.write(bytes.subarray(at, ++at))
  }, 10)
}

/** What a client says first, to be said slowly. */
async function clientHello(): Promise<Buffer> {
  const { createServer } = await import('node:net')
  const listener = createServer().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as { port: number }
  const client = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false })
  client.on('error', () => {})
  const [socket] = (await once(listener, 'connection')) as [Socket]
  const [hello] = (await once(socket, 'data')) as [Buffer]
  client.destroy()
  socket.destroy()
  listener.close()
  return hello
}

const plain = async (port: number) => {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  return socket
}
const secure = async (port: number): Promise<Socket> => {
  const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  return socket
}

const slow: [string, (port: number) => Promise<Socket>][] = [
  ['says nothing', plain],
  [
    'begins a handshake and stops',
    async (port) => {
      const socket = await plain(port)
      socket.write((await clientHello()).subarray(0, 50))
      return socket
    },
  ],
  [
    'shakes hands a byte at a time',
    async (port) => {
      const socket = await plain(port)
      drip(socket, await clientHello())
      return socket
    },
  ],
  ['shakes hands and says nothing', secure],
  [
    'sends its headers a byte at a time',
    async (port) => {
      const socket = await secure(port)
      drip(socket, Buffer.from(`GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'y'.repeat(10_000)}\r\n\r\n`))
      return socket
    },
  ],
  [
    'answers one request, and begins another that never ends',
    async (port) => {
      const socket = await secure(port)
      socket.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n')
      await once(socket, 'data')
      socket.write('GET / HTTP/1.1\r\nhost: ')
      return socket
    },
  ],
]

test.each(slow)('a client that %s is dropped, and a hundred of them hold up nobody', async (_, begin) => {
  await using it = await listening()
  const sockets = await Promise.all(Array.from({ length: 100 }, () => begin(it.port)))
  const gone = sockets.map((socket) => {
    socket.on('error', () => {})
    socket.resume()
    return socket.destroyed
      ? Promise.resolve()
      : new Promise<void>((resolve) => void socket.once('close', () => resolve()))
  })
  expect(await it.ask()).toBe(200)
  await Promise.all(gone)
  expect(await it.ask()).toBe(200)
})
