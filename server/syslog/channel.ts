import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { lookup } from 'node:dns'
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { LogSettings } from '#contract/admin'
import { cut } from './message.ts'

export type Target = LogSettings['syslog']
export type ChannelEvents = { onOpen: () => void; onDrain: () => void; onFail: (reason: Error) => void }
export type Channel = {
  /** False: wait for `onDrain` before the next. */
  write: (message: string, done: (error?: Error | null) => void) => boolean
  destroy: () => void
}

/** What every receiver of datagrams takes whole on an ordinary network is less; this is what they may take (RFC 5426 3.2). */
const MAX_DATAGRAM = 8192
const MAX_FRAME = 65536
const CONNECT_MS = 10_000

function openUdp({ host, port }: Target, { onOpen, onFail }: ChannelEvents): Channel {
  let socket: UdpSocket | undefined
  let destroyed = false
  lookup(host, (error, address, family) => {
    if (destroyed) return
    if (error) return onFail(error)
    socket = createSocket(family === 6 ? 'udp6' : 'udp4')
    socket.unref()
    socket.on('error', onFail)
    socket.connect(port, address, onOpen)
  })
  return {
    write(message, done) {
      socket?.send(cut(message, MAX_DATAGRAM), done)
      return true
    },
    destroy() {
      destroyed = true
      socket?.removeAllListeners('error')
      socket?.on('error', () => {})
      socket?.close()
      socket = undefined
    },
  }
}

/** Counted frames (RFC 6587 3.4.1, RFC 5425 4.3): a message ends where its length says, whatever is in it. */
function openStream({ host, port, protocol, ca }: Target, { onOpen, onDrain, onFail }: ChannelEvents): Channel {
  const socket: Socket =
    protocol === 'tls'
      ? connectTls({
          host,
          port,
          minVersion: 'TLSv1.2',
          ...(isIP(host) === 0 && { servername: host }),
          ...(ca !== '' && { ca }),
        })
      : connectTcp({ host, port })
  const opened = () => {
    socket.setTimeout(0)
    onOpen()
  }
  socket.setTimeout(CONNECT_MS, () => socket.destroy(new Error(`${host}:${port} does not answer.`)))
  socket.setKeepAlive(true, 30_000)
  socket.unref()
  socket.once(protocol === 'tls' ? 'secureConnect' : 'connect', opened)
  socket.on('drain', onDrain)
  socket.on('error', onFail)
  // Nothing is expected from there; what comes is read away, so that its end is noticed.
  socket.resume()
  socket.on('end', () => onFail(new Error('The syslog server closed the connection.')))
  socket.on('close', () => onFail(new Error('The connection to the syslog server ended.')))
  return {
    write(message, done) {
      const bytes = cut(message, MAX_FRAME)
      return socket.write(Buffer.concat([Buffer.from(`${bytes.length} `), bytes]), done)
    },
    destroy() {
      socket.removeAllListeners()
      socket.on('error', () => {})
      socket.destroy()
    },
  }
}

/** Reports what happens through `events`, never in the call itself. */
export const openChannel = (target: Target, events: ChannelEvents): Channel =>
  target.protocol === 'udp' ? openUdp(target, events) : openStream(target, events)
