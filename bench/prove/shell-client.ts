import { WebSocket } from 'ws'
import { ACK_EVERY } from '#contract/console'
import { urlFor } from '#contract/operation'
import { openTerminal, type TerminalServerMessage } from '#contract/terminal'
import type { Client } from '#server/testing/process'

/** Somebody at a machine's terminal who comes back to the same shell whenever the socket is lost. */
export function openShell(client: Client, nodeId: string) {
  let session: string | undefined
  let next: number | undefined
  let socket: WebSocket | undefined
  let isOver = false
  const chunks: Buffer[] = []
  const gaps: { from: number; to: number }[] = []
  const ended: string[] = []
  let awaited: { offset: number; resolve: () => void } | undefined

  function connect() {
    if (isOver) return
    const query = session === undefined ? {} : { session, ...(next !== undefined && { from: next }) }
    const url = new URL(urlFor(openTerminal, { params: { id: nodeId }, query }), client.url.replace(/^http/, 'ws'))
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
        if (awaited && next >= awaited.offset) awaited.resolve()
        if (next - acknowledged < ACK_EVERY) return
        acknowledged = next
        return mine.send(JSON.stringify({ type: 'ack', offset: next }))
      }
      const message = JSON.parse(data.toString()) as TerminalServerMessage
      if (message.type === 'start') {
        session = message.session
        next = acknowledged = message.offset
      } else if (message.type === 'gap') {
        gaps.push({ from: message.from, to: message.to })
        next = message.to
      } else if (message.type === 'ended') {
        ended.push(message.reason)
        isOver = true
      }
      return undefined
    })
    mine.on('error', () => {})
    mine.on('close', () => void setTimeout(connect, 100))
  }
  connect()

  return {
    text: () => Buffer.concat(chunks).toString(),
    offset: () => next ?? 0,
    /** Resolves with the byte before this offset; one waits at a time. */
    arrived(offset: number): Promise<void> {
      const { promise, resolve } = Promise.withResolvers<void>()
      awaited = { offset, resolve }
      return promise
    },
    /** Lets go of what was printed so far. */
    forget: () => void chunks.splice(0),
    gaps,
    ended,
    type: (data: string) => socket?.send(JSON.stringify({ type: 'input', data })),
    isOpen: () => session !== undefined,
    /** Lets go of the socket, as a reload does; it is opened again. */
    drop: () => socket?.terminate(),
    close() {
      isOver = true
      socket?.send(JSON.stringify({ type: 'close' }))
      socket?.close()
    },
  }
}
