import fs from 'node:fs'
import net from 'node:net'
import { createDecoder, encodeFrame, frames } from './frames.ts'

export type SocketHandlers = {
  status: () => string
  input: (data: Buffer) => void
  resize: (cols: number, rows: number) => void
  signal: (name: string) => void
  kill: () => void
  note: (text: string) => void
  clear: () => void
}

/** Serves agents. Only words about the log pass here, never the log itself, so an agent that hangs holds up nobody. */
export async function serveAgents(path: string, handlers: SocketHandlers) {
  const clients = new Map<net.Socket, { behind: boolean }>()
  let offset = 0
  const advancedFrame = () => {
    const payload = Buffer.allocUnsafe(8)
    payload.writeDoubleBE(offset)
    return encodeFrame(frames.advanced, payload)
  }

  const server = net.createServer((socket) => {
    const client = { behind: false }
    clients.set(socket, client)
    const decode = createDecoder((kind, payload) => handle(socket, kind, payload))
    socket.on('data', (chunk: Buffer) => {
      try {
        decode(chunk)
      } catch {
        socket.destroy()
      }
    })
    socket.on('drain', () => {
      if (client.behind) socket.write(advancedFrame())
      client.behind = false
    })
    socket.on('error', () => socket.destroy())
    socket.on('close', () => clients.delete(socket))
    socket.write(encodeFrame(frames.status, handlers.status()))
  })

  function handle(socket: net.Socket, kind: number, payload: Buffer) {
    if (kind === frames.input) handlers.input(payload)
    else if (kind === frames.resize) handlers.resize(payload.readUInt16BE(0), payload.readUInt16BE(2))
    else if (kind === frames.signal) handlers.signal(payload.toString())
    else if (kind === frames.kill) handlers.kill()
    else if (kind === frames.note) handlers.note(payload.toString())
    else if (kind === frames.clear) {
      handlers.clear()
      socket.write(encodeFrame(frames.cleared))
    }
  }

  if (process.platform !== 'win32') fs.rmSync(path, { force: true })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })

  return {
    /** Tells every agent how far the log reaches; one that does not read hears only the latest. */
    advanced(newest: number): void {
      offset = newest
      if (clients.size === 0) return
      const frame = advancedFrame()
      for (const [socket, client] of clients) {
        if (socket.writableNeedDrain) client.behind = true
        else socket.write(frame)
      }
    },
    status(): void {
      for (const socket of clients.keys()) socket.write(encodeFrame(frames.status, handlers.status()))
    },
    /** Ends every connection once its agent has read what it was told. */
    async close(): Promise<void> {
      server.close()
      await Promise.all(
        [...clients.keys()].map((socket) => new Promise<void>((resolve) => socket.end(() => resolve()))),
      )
      if (process.platform !== 'win32') fs.rmSync(path, { force: true })
    },
  }
}
