import type { FastifyInstance } from 'fastify'

/** What counts the requests. */
export type RequestMeters = {
  began: () => void
  left: () => void
  ended: (request: { method: string; path: string; status: number }, seconds: number | null) => void
}

/** Counts and times what the API answers, by the pattern of its address and never by the address itself. */
export function recordRequests(app: FastifyInstance, meters: RequestMeters): void {
  // A socket is answered once and stays; it would count as a request without end.
  const isSocket = (config: { operation?: { kind?: string } | undefined }) => config.operation?.kind === 'socket'
  app.addHook('onRequest', (request, reply, done) => {
    if (!isSocket(request.routeOptions.config)) {
      meters.began()
      // Also when the caller goes before it is answered.
      reply.raw.once('close', meters.left)
    }
    done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    const { operation } = request.routeOptions.config
    const isTimed = operation !== undefined && (operation.kind === undefined || operation.kind === 'json')
    const path = operation?.url ?? request.routeOptions.url ?? 'none'
    meters.ended({ method: request.method, path, status: reply.statusCode }, isTimed ? reply.elapsedTime / 1000 : null)
    done()
  })
}
