import type { Static, TSchema } from 'typebox'
import type { Permission } from './permissions.ts'

/**
 * Who may call an operation. `public`: anyone; `user`: a signed-in person or API token; `admin`: a platform
 * administrator; `agent`: a node's agent by `X-Agent-Token`; `signature`: proven by a signature over the body.
 */
export type Auth = 'public' | 'user' | 'admin' | 'agent' | 'signature'

/** `socket`: a WebSocket upgrade. `stream`: a body that is not JSON. Both are reached by `urlFor`, never by `call`. */
export type Kind = 'json' | 'socket' | 'stream'

/** An operation is a Fastify route without its handler. Server, dashboard, document and tests all read it. */
export type Operation = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly url: `/${string}`
  readonly auth: Auth
  readonly permission?: Permission
  /**
   * The permission is about the object in the path, which not everybody holds it for: the door only asks whether the caller
   * holds it for any, and the feature asks for this one.
   */
  readonly per?: 'instance' | 'workload'
  /** `session`: a signed-in person only, no API token: passwords, factors, tokens. */
  readonly credential?: 'session'
  /**
   * What an API token with scopes must have for an operation without a permission. Absent: such a token may not call it, for
   * nothing that it was given covers it. `any`: it tells of the caller’s own rights, or the feature asks for some.
   */
  readonly scope?: 'any' | Permission
  /** Open to somebody who must set up a second factor before anything else. */
  readonly early?: true
  /** A browser arrives here from another site: the way back from a sign-in elsewhere. */
  readonly crossSite?: true
  readonly kind?: Kind
  readonly schema: {
    readonly operationId: string
    readonly summary: string
    readonly tags: readonly [string]
    readonly params?: TSchema
    readonly querystring?: TSchema
    readonly body?: TSchema
    readonly response: { readonly [status: number]: TSchema }
  }
}

type Part<S, K extends PropertyKey, As extends string> = S extends {
  readonly [P in K]: infer T extends TSchema
}
  ? { [P in As]: Static<T> }
  : unknown

/** What a caller passes: only the parts that the operation declares. */
export type Input<O extends Operation> = Part<O['schema'], 'params', 'params'> &
  Part<O['schema'], 'querystring', 'query'> &
  Part<O['schema'], 'body', 'body'>

/** What a caller gets back: the body of the operation's success response. */
export type Output<O extends Operation> = {
  [K in keyof O['schema']['response']]: K extends 200 | 201 | 202
    ? O['schema']['response'][K] extends TSchema
      ? Static<O['schema']['response'][K]>
      : never
    : K extends 204
      ? undefined
      : never
}[keyof O['schema']['response']]

/** The operation's path with its parameters filled in and its query appended. Values are encoded. */
export function urlFor(
  op: Pick<Operation, 'url'>,
  input: { params?: Record<string, unknown>; query?: Record<string, unknown> } = {},
): string {
  const path = op.url.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(input.params?.[name] ?? '')))
  const search = Object.entries(input.query ?? {})
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(String(value))}`)
    .join('&')
  return search ? `${path}?${search}` : path
}
