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

/**
 * The page that a request comes from. Browsers name it, also where a proxy puts another name into Host; for the rest it is our
 * own address under the same name. Where a proxy ends TLS only the public address knows the scheme.
 */
export function siteOf(request: FastifyRequest, publicUrl: string | null): { host: string; origin: string } {
  const known = publicUrl === null ? null : new URL(publicUrl)
  const own = known?.host === request.host.toLowerCase() ? known.origin : `${request.protocol}://${request.host}`
  const { hostname, origin } = new URL(request.headers.origin ?? own)
  return { host: hostname, origin }
}
