import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { Clock } from '#server/clock'

const WHOLE_MS = 60_000
/** A second, of a body that may be long. */
const MIN_BYTES = 1024

export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

/**
 * Ends requests whose body does not arrive. Node's own limit is for the whole of it, and would end every long upload: where any
 * number of bytes may come, they must come at a pace, and may take their time.
 */
export function endSlowRequests(app: FastifyInstance, clock: Clock, wholeMs = WHOLE_MS): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { raw } = request
    if (!hasBody(raw)) return done()
    const mayBeLong = request.routeOptions.config.operation?.kind === 'stream'
    let seen = raw.socket.bytesRead
    let cancel = () => {}
    const check = () => {
      const now = raw.socket.bytesRead
      if (!mayBeLong || now - seen < (MIN_BYTES * wholeMs) / 1000) return void raw.socket.destroy()
      seen = now
      cancel = clock.after(wholeMs, check)
    }
    cancel = clock.after(wholeMs, check)
    raw.once('end', () => cancel())
    raw.once('close', () => cancel())
    // What was refused before its body was read is over as well.
    reply.raw.once('finish', () => cancel())
    done()
  })
}
