import type { IncomingMessage } from 'node:http'
import Fastify, { type FastifyBaseLogger, LogController } from 'fastify'
import type { Logger } from 'pino'
import type { Clock } from '#server/clock'
import { newId } from '#server/ids'
import { apiHeaders, securityHeaders } from './headers.ts'
import { useJsonOnly } from './json.ts'
import { eagerCompilers, lazyCompilers } from './lazy-compilers.ts'
import { answerProblems } from './problems.ts'
import { endSlowRequests, hasBody } from './slow-requests.ts'

/**
 * What one connection and one request may take, on every server of ours. Fastify would switch Node's own protection against slow
 * requests off.
 */
export const httpLimits = {
  /** Node's would end every long upload; `endSlowRequests` tells slow from long. */
  requestTimeout: 0,
  headersTimeout: 15_000,
  /** How often connections are looked at for that. */
  connectionsCheckingInterval: 5000,
  keepAliveTimeout: 65_000,
  maxHeaderSize: 16 * 1024,
} as const

/** What is left of its body stands before the next request on this connection, which would never be read. */
const isUnread = (request: IncomingMessage) => !request.complete && hasBody(request)

type Options = { log: Logger; clock: Clock; eager: boolean; isStopping: () => boolean }

/** Fastify as this server wants it: limits, headers, JSON only, one way to answer what goes wrong. */
export function createFastify({ log, clock, eager, isStopping }: Options) {
  const app = Fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => newId(clock.now()),
    // A logger made for each request costs more than it tells: what is logged names the request itself.
    childLoggerFactory: (parent) => parent,
    bodyLimit: 1024 * 1024,
    routerOptions: { maxParamLength: 300 },
    requestTimeout: httpLimits.requestTimeout,
    connectionTimeout: 0,
    keepAliveTimeout: httpLimits.keepAliveTimeout,
    // Requests under way are answered when the server stops; what idles is cut.
    forceCloseConnections: 'idle',
    http: {
      headersTimeout: httpLimits.headersTimeout,
      connectionsCheckingInterval: httpLimits.connectionsCheckingInterval,
      maxHeaderSize: httpLimits.maxHeaderSize,
    },
    schemaController: { compilersFactory: (eager ? eagerCompilers : lazyCompilers) as never },
  })
  endSlowRequests(app, clock)
  useJsonOnly(app)
  answerProblems(app)
  app.addHook('onSend', (request, reply, payload, done) => {
    void reply.headers(request.routeOptions.config.operation ? apiHeaders : securityHeaders)
    if (isStopping() || isUnread(request.raw)) void reply.header('connection', 'close')
    done(null, payload)
  })
  return app
}
