import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Operation } from '#contract/operation'
import { type AppError, forbidden, notFound, tooMany, unauthorized } from '#server/errors'
import { type AgentCaller, type Caller, setAgent, setCaller } from './caller.ts'
import type { HostGuard } from './hosts.ts'
import type { LiveRegistry } from './live.ts'
import type { Rate, RateLimiter } from './rate-limit.ts'
import { missing } from './rights.ts'
import type { Tickets } from './tickets.ts'

/** How a request proves who it comes from; made by the auth and nodes features. */
export type Authenticators = {
  /** Undefined for a token that is unknown, expired or revoked. */
  byAccessToken: (token: string, organizationId: string | undefined, ip: string) => Promise<Caller | undefined>
  bySession: (sessionId: string, organizationId: string) => Promise<Caller | undefined>
  byAgentToken: (tokenHash: string) => Promise<AgentCaller | undefined>
}

type Deps = {
  guard: HostGuard
  limiter: RateLimiter
  rate: Rate
  tickets: Tickets
  authenticators: Authenticators
  live: LiveRegistry
  /** Writes a refusal of somebody who is signed in into the audit log. */
  onRefused: (caller: Caller, operation: Operation, subjectId: string | null, code: string) => void
}

/** The organization that a request speaks of: the one in its path, else in its header. */
const organizationOf = (request: FastifyRequest): string | undefined => {
  const { orgId } = request.params as { orgId?: string }
  if (orgId !== undefined) return orgId
  const header = request.headers['x-organization-id']
  return typeof header === 'string' && header !== '' ? header : undefined
}

/** Why a caller may not call an operation at all, or undefined. What concerns one object is asked by the feature. */
function refusalOf(request: FastifyRequest, operation: Operation, caller: Caller): AppError | undefined {
  if (operation.credential === 'session' && caller.credential !== 'session') {
    return forbidden('session_only', 'An API token may not do this. Sign in and do it yourself.')
  }
  if (caller.must_enroll_mfa && !operation.early) {
    return forbidden(
      'mfa_enrollment_required',
      'Set up a second factor first. An administrator asks everybody for one.',
    )
  }
  if (operation.auth === 'admin') {
    if (caller.platform_role !== 'admin') {
      return forbidden('admin_only', 'Only a platform administrator may do this.')
    }
    if (!caller.permissions.has('platform.admin')) return missing('platform.admin')
  }
  if (operation.url.includes('/:orgId') && caller.organization_id !== (request.params as { orgId?: string }).orgId) {
    return notFound('organization_not_found', 'There is no such organization.')
  }
  if (caller.is_scoped && operation.auth === 'user' && !operation.permission && operation.scope !== 'any') {
    if (operation.scope === undefined) {
      return forbidden(
        'scope_missing',
        'The scopes of this API token do not cover this. Use one without scopes for it.',
      )
    }
    if (!caller.permissions.has(operation.scope)) return missing(operation.scope, caller)
  }
  if (operation.permission && !caller.permissions.has(operation.permission)) {
    return missing(operation.permission, caller)
  }
  return undefined
}

const pathOf = (request: FastifyRequest) => request.url.split('?', 1)[0] ?? ''

function assertOurs(request: FastifyRequest, guard: HostGuard, operation: Operation | undefined): void {
  const way = request.protocol === 'https' ? 'network' : 'local'
  if (!guard.isOwnHost(request.headers.host, way)) {
    throw forbidden(
      'foreign_host',
      'This server does not answer to that host name. Set SHARDLYN_PUBLIC_URL if it should.',
    )
  }
  const { origin } = request.headers
  if (origin !== undefined && !guard.isOwnOrigin(origin, way)) {
    throw forbidden('foreign_origin', 'This request comes from another web page and is refused.')
  }
  if (operation && !operation.crossSite && request.headers['sec-fetch-site'] === 'cross-site') {
    throw forbidden('foreign_origin', 'This request comes from another web page and is refused.')
  }
}

/** The door: Host and Origin, who is asking, how often, and whether they may. In this order, for every request. */
export function guardAccess(app: FastifyInstance, deps: Deps): void {
  const { guard, limiter, rate, tickets, authenticators } = deps

  async function personOf(request: FastifyRequest, operation: Operation): Promise<Caller | undefined> {
    const [scheme, token, ...more] = request.headers.authorization?.split(' ') ?? []
    if (scheme?.toLowerCase() === 'bearer' && token && more.length === 0) {
      return authenticators.byAccessToken(token, organizationOf(request), request.ip)
    }
    if (operation.kind !== 'socket') return undefined
    const ticket = tickets.redeem(request.headers['sec-websocket-protocol'], pathOf(request))
    return ticket && authenticators.bySession(ticket.session_id, ticket.organization_id)
  }

  async function agentOfRequest(request: FastifyRequest): Promise<AgentCaller | undefined> {
    const token = request.headers['x-agent-token']
    if (typeof token !== 'string' || token.length > 200) return undefined
    return authenticators.byAgentToken(createHash('sha256').update(token).digest('hex'))
  }

  app.addHook('onRequest', async (request, reply) => {
    const { operation, rate: strict } = request.routeOptions.config
    assertOurs(request, guard, operation)
    if (!operation) return

    const isForPeople = operation.auth === 'user' || operation.auth === 'admin'
    const caller = isForPeople ? await personOf(request, operation) : undefined
    const agent = operation.auth === 'agent' ? await agentOfRequest(request) : undefined

    const verdict = strict
      ? limiter.take(`${operation.schema.operationId} ${request.ip}`, strict)
      : limiter.take(caller ? caller.session_id : agent ? agent.node_id : request.ip, rate)
    void reply.headers({
      'x-ratelimit-limit': verdict.limit,
      'x-ratelimit-remaining': verdict.remaining,
      'x-ratelimit-reset': verdict.reset,
    })
    if (!verdict.allowed) {
      void reply.header('retry-after', verdict.retryAfter)
      throw tooMany('rate_limited', `Too many requests. Try again in ${verdict.retryAfter} s.`)
    }

    if (operation.auth === 'agent') {
      if (!agent) throw unauthorized('bad_agent_token', 'The agent token is not known here.')
      setAgent(request, agent)
    }
    if (!isForPeople) return
    if (!caller) throw unauthorized('unauthorized', 'Sign in first.')
    const refusal = refusalOf(request, operation, caller)
    const known = caller.ip === request.ip ? caller : { ...caller, ip: request.ip }
    if (refusal) {
      if (refusal.status === 403) {
        const { id } = request.params as { id?: string }
        deps.onRefused(known, operation, id ?? null, refusal.code)
      }
      throw refusal
    }
    setCaller(request, known)
    deps.live.track(request, reply, known)
  })
}
