import { WebSocket } from 'ws'
import { type ConsoleServerMessage, openConsole } from '#contract/console'
import { type Operation, urlFor } from '#contract/operation'
import type { TestApp } from './app.ts'
import { listening } from './fake-agent.ts'
import { until } from './until.ts'

type Options = {
  query?: { from?: number; tail?: number }
  op?: Operation
  token?: string
  acknowledges?: boolean
  headers?: Record<string, string>
}

/** A viewer on one socket, with every message of it, that acknowledges only when told so. */
export async function rawViewer(
  app: TestApp,
  id: string,
  { query = {}, op = openConsole, token, acknowledges = true, headers = {} }: Options = {},
) {
  const port = await listening(app)
  const socket = new WebSocket(`ws://127.0.0.1:${port}${urlFor(op, { params: { id }, query })}`, {
    headers: { host: 'localhost', authorization: `Bearer ${token ?? (await app.adminToken())}`, ...headers },
    perMessageDeflate: false,
  })
  const messages: ConsoleServerMessage[] = []
  const frames: Buffer[] = []
  let next = 0
  let size = 0
  let closed: { code: number; reason: string } | undefined
  let refusedWith: number | undefined
  const viewer = {
    socket,
    messages,
    frames,
    bytes: () => Buffer.concat(frames),
    text: () => Buffer.concat(frames).toString(),
    size: () => size,
    /** Of the next byte. */
    offset: () => next,
    closed: () => closed,
    refusedWith: () => refusedWith,
    acknowledges,
    say: (message: unknown) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    ack: () => socket.send(JSON.stringify({ type: 'ack', offset: next })),
    types: () => messages.map(({ type }) => type),
    until,
    [Symbol.dispose]: () => socket.terminate(),
  }
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) {
      frames.push(data)
      next += data.length
      size += data.length
      if (viewer.acknowledges) viewer.ack()
      return
    }
    const message = JSON.parse(data.toString()) as ConsoleServerMessage
    messages.push(message)
    if (message.type === 'start') next = message.offset
    if (message.type === 'gap') next = message.to
  })
  socket.on('close', (code, reason) => (closed = { code, reason: reason.toString() }))
  socket.on('unexpected-response', (_, response) => (refusedWith = response.statusCode))
  socket.on('error', () => {})
  await until(() => socket.readyState === WebSocket.OPEN || closed !== undefined || refusedWith !== undefined)
  return viewer
}
export type RawViewer = Awaited<ReturnType<typeof rawViewer>>
