import { WebSocket } from 'ws'
import { ACK_EVERY, type ConsoleServerMessage, openConsole } from '#contract/console'
import { urlFor } from '#contract/operation'
import type { Client } from './process.ts'

/** A console viewer as a program would write one: resumes at the byte after the last it saw, acknowledges, notes gaps. */
export function openViewer(options: {
  client: () => Client
  instanceId: string
  from?: number
  /** Called with each piece of output, in order. */
  onData?: (bytes: Buffer) => void
}) {
  let next = options.from
  let socket: WebSocket | undefined
  let closed = false
  const chunks: Buffer[] = []
  const gaps: { from: number; to: number }[] = []
  const refused: string[] = []
  let connections = 0
  let waiters: (() => void)[] = []

  function connect() {
    if (closed) return
    const client = options.client()
    const url = new URL(
      urlFor(openConsole, {
        params: { id: options.instanceId },
        query: next === undefined ? { tail: 0 } : { from: next },
      }),
      client.url.replace(/^http/, 'ws'),
    )
    const mine = new WebSocket(url, {
      headers: { authorization: `Bearer ${client.token()}` },
      perMessageDeflate: false,
    })
    socket = mine
    let acknowledged = next ?? 0
    mine.on('message', (data: Buffer, isBinary) => {
      if (isBinary) {
        chunks.push(data)
        next = (next ?? 0) + data.length
        options.onData?.(data)
        if (next - acknowledged >= ACK_EVERY) {
          acknowledged = next
          mine.send(JSON.stringify({ type: 'ack', offset: next }))
        }
      } else {
        const message = JSON.parse(data.toString()) as ConsoleServerMessage
        if (message.type === 'start') {
          connections++
          next = message.offset
          acknowledged = next
        } else if (message.type === 'gap') {
          gaps.push({ from: message.from, to: message.to })
          next = message.to
        } else if (message.type === 'refused') refused.push(message.code)
      }
      for (const wake of waiters.splice(0)) wake()
    })
    mine.on('error', () => {})
    mine.on('close', () => {
      for (const wake of waiters.splice(0)) wake()
      if (!closed) setTimeout(connect, 100)
    })
  }
  connect()

  return {
    text: () => Buffer.concat(chunks).toString(),
    gaps,
    refused,
    offset: () => next,
    connections: () => connections,
    send: (message: object) => socket?.send(JSON.stringify(message)),
    type: (line: string) => socket?.send(JSON.stringify({ type: 'input', data: `${line}\n` })),
    /** Waits until the condition holds; looks again after each message. */
    async until(condition: () => boolean, timeoutMs = 30_000, what = 'the console') {
      const deadline = Date.now() + timeoutMs
      while (!condition()) {
        const left = deadline - Date.now()
        if (left <= 0) {
          throw new Error(`Waited ${timeoutMs} ms for ${what}. The console ends with:\n${this.text().slice(-1500)}`)
        }
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, Math.min(left, 250))
          waiters.push(() => {
            clearTimeout(timer)
            resolve()
          })
        })
      }
    },
    close() {
      closed = true
      socket?.terminate()
    },
  }
}
export type Viewer = ReturnType<typeof openViewer>
