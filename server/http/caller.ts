import type { FastifyRequest } from 'fastify'
import type { InstancePermission, Permission, Role } from '#contract/permissions'

/** Who is asking, in which organization, and what they may do there. */
export type Caller = {
  readonly user_id: string
  readonly email: string
  /** Of the session, or of the API token. */
  readonly session_id: string
  readonly credential: 'session' | 'token'
  /** An API token that may do what its scopes name, and nothing else. */
  readonly is_scoped: boolean
  readonly platform_role: 'admin' | 'user'
  readonly organization_id: string
  readonly role: Role | null
  /** Held for at least some objects of the organization. For one object ask `rights.ts`. */
  readonly permissions: ReadonlySet<Permission>
  /** Held for every object of the organization. */
  readonly everywhere: ReadonlySet<Permission>
  /** Held for what the caller made. */
  readonly own: ReadonlySet<Permission>
  /** Servers of others that are shared with the caller, and what they may do there. */
  readonly shared: ReadonlyMap<string, ReadonlySet<InstancePermission>>
  readonly must_enroll_mfa: boolean
  readonly ip: string
}

/** An agent that proved itself with its token. */
export type AgentCaller = { readonly node_id: string; readonly organization_id: string; readonly node_name: string }

const callers = new WeakMap<FastifyRequest, Caller>()
const agents = new WeakMap<FastifyRequest, AgentCaller>()

export const setCaller = (request: FastifyRequest, caller: Caller) => callers.set(request, caller)
export const setAgent = (request: FastifyRequest, agent: AgentCaller) => agents.set(request, agent)

/** The signed-in caller of an operation whose `auth` is user or admin. */
export function callerOf(request: FastifyRequest): Caller {
  const caller = callers.get(request)
  if (!caller) throw new Error(`${request.url} asked for its caller but is not an operation of signed-in people.`)
  return caller
}

export function agentOf(request: FastifyRequest): AgentCaller {
  const agent = agents.get(request)
  if (!agent) throw new Error(`${request.url} asked for its agent but is not an operation of agents.`)
  return agent
}
