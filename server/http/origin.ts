import type { FastifyRequest } from 'fastify'
import type { Origin } from '#server/sign-in'

const loopback = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1'])

/** Where a request comes from. The host was checked at the door. */
export const originOf = (request: FastifyRequest): Origin => ({
  ip: request.ip,
  user_agent: request.headers['user-agent'] ?? null,
  is_local: loopback.has(request.ip),
  host: request.hostname,
})
