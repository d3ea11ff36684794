import { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'

/**
 * A TLS connection as a stream of its own. HTTP/2 writes straight into a TLSSocket below JavaScript, and a connection that breaks
 * during such a write ends the whole process (https://github.com/nodejs/node/issues/61304); through this one it only ends itself.
 */
export function overTls(socket: TLSSocket): Duplex {
  const duplex = new Duplex({
    highWaterMark: 1024 * 1024,
    allowHalfOpen: false,
    read: () => void socket.resume(),
    write: (chunk: Buffer, _, done) => void socket.write(chunk, done),
    writev: (chunks, done) => void socket.write(Buffer.concat(chunks.map(({ chunk }) => chunk as Buffer)), done),
    final: (done) => void socket.end(done),
    destroy(error, done) {
      socket.destroy()
      done(error)
    },
  })
  socket.on('data', (chunk: Buffer) => {
    if (!duplex.push(chunk)) socket.pause()
  })
  socket.on('end', () => duplex.push(null))
  socket.on('error', (error) => duplex.destroy(error))
  socket.on('close', () => duplex.destroy())
  return duplex
}
