import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** As much as a long fat way holds at once. */
const MOST_HELD = 64 * 1024 * 1024

/** Carries what `from` says to `to`, each piece `delayMs` later. */
function carry(from: Socket, to: Socket, delayMs: number): void {
  const held: { at: number; chunk: Buffer }[] = []
  let bytes = 0
  let timer: NodeJS.Timeout | undefined
  let hasEnded = false
  let isFull = false
  const send = () => {
    timer = undefined
    if (isFull) return
    while (held[0] && held[0].at <= performance.now()) {
      const { chunk } = held.shift() as { chunk: Buffer }
      bytes -= chunk.length
      if (!to.write(chunk)) {
        isFull = true
        to.once('drain', () => {
          isFull = false
          send()
        })
        return
      }
    }
    if (bytes < MOST_HELD) from.resume()
    if (held[0]) timer = setTimeout(send, Math.max(1, held[0].at - performance.now()))
    else if (hasEnded) to.end()
  }
  from.on('data', (chunk: Buffer) => {
    held.push({ at: performance.now() + delayMs, chunk })
    bytes += chunk.length
    if (bytes >= MOST_HELD) from.pause()
    timer ??= setTimeout(send, delayMs)
  })
  from.on('end', () => {
    hasEnded = true
    if (held.length === 0) to.end()
  })
  from.on('error', () => to.destroy())
  from.on('close', () => {
    if (from.destroyed && !hasEnded) to.destroy()
  })
}

/** A TCP proxy on loopback behind which the other end is far away: every byte takes half of `roundTripMs`. */
export async function openSlowProxy(targetPort: number, roundTripMs: number) {
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ port: targetPort, host: '127.0.0.1', noDelay: true })
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
    }
    carry(client, upstream, roundTripMs / 2)
    carry(upstream, client, roundTripMs / 2)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
