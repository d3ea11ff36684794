import type { FastifyInstance, RouteOptions } from 'fastify'
import type { Operation } from '#contract/operation'
import { Problem } from '#contract/problem'
import type { Rate } from './rate-limit.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The contract's operation behind a route; absent for the dashboard's files. */
    operation?: Operation
    /** A stricter limit than the general one, by address. */
    rate?: Rate
  }
}

/** Sign-in and the like: what an attacker repeats. */
export const strictRate: Rate = { perSecond: 0.5, burst: 20 }

const strict = new Set([
  'login',
  'bootstrap',
  'registerAgent',
  'desktopLogin',
  'register',
  'forgotPassword',
  'resetPassword',
  'challengeMfa',
  'beginPasskeySignIn',
  'passkeySignIn',
  'beginGithubSignIn',
  'beginGithubWithInvite',
  'finishGithubSignIn',
  'exchangeSignInCode',
  'previewInvite',
])

/** The answers that any operation can give, written once instead of at each of them. */
const sharedResponses = { 400: Problem, 401: Problem, 403: Problem, 429: Problem, 500: Problem, 503: Problem }

/** Notes on each route which operation of the contract it is, and adds the shared answers to its schema. */
export function noteOperations(app: FastifyInstance): Operation[] {
  const registered: Operation[] = []
  app.addHook('onRoute', (route: RouteOptions) => {
    if (!('auth' in route)) return
    const operation = route as unknown as Operation
    const { schema } = operation
    if (route.method !== 'HEAD') registered.push(operation)
    route.config = {
      ...route.config,
      operation,
      ...(strict.has(schema.operationId) && { rate: strictRate }),
    } as NonNullable<RouteOptions['config']>
    route.schema = { ...schema, response: { ...sharedResponses, ...schema.response } }
  })
  return registered
}
