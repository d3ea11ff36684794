import { type Static, Type as T } from 'typebox'
import type { Operation } from './operation.ts'
import { Nullable } from './page.ts'
import { Problem } from './problem.ts'

const Email = T.String({ format: 'email', maxLength: 254 })
/** Bounded in length before it reaches the hash. */
const Password = T.String({ minLength: 8, maxLength: 256 })

/** Access tokens live `expires_in` seconds; the refresh token is opaque and good for one use. */
export const Tokens = T.Object({
  access_token: T.String(),
  refresh_token: T.String(),
  expires_in: T.Integer({ description: 'Seconds until the access token expires.' }),
  token_type: T.Literal('Bearer'),
})
export type Tokens = Static<typeof Tokens>

export const BootstrapStatus = T.Object({
  needs_bootstrap: T.Boolean({ description: 'True until the first administrator exists.' }),
  needs_code: T.Boolean({ description: 'True when this caller must send the one-time code that the server printed.' }),
})

export const getBootstrapStatus = {
  method: 'GET',
  url: '/v1/auth/bootstrap/status',
  auth: 'public',
  schema: {
    operationId: 'getBootstrapStatus',
    summary: 'Check if the platform needs initial setup',
    tags: ['auth'],
    response: { 200: BootstrapStatus },
  },
} as const satisfies Operation

export const bootstrap = {
  method: 'POST',
  url: '/v1/auth/bootstrap',
  auth: 'public',
  schema: {
    operationId: 'bootstrap',
    summary: 'Create the first administrator and the default organization',
    tags: ['auth'],
    body: T.Object(
      {
        email: Email,
        password: Password,
        organization_name: T.Optional(T.String({ minLength: 1, maxLength: 80, pattern: '\\S' })),
        code: T.Optional(
          T.String({ maxLength: 64, description: 'The code the server printed; not asked for from this machine.' }),
        ),
      },
      { additionalProperties: false },
    ),
    response: { 201: Tokens, 403: Problem, 409: Problem },
  },
} as const satisfies Operation

export const login = {
  method: 'POST',
  url: '/v1/auth/login',
  auth: 'public',
  schema: {
    operationId: 'login',
    summary: 'Sign in',
    tags: ['auth'],
    body: T.Object(
      { email: T.String({ minLength: 1, maxLength: 254 }), password: T.String({ minLength: 1, maxLength: 256 }) },
      { additionalProperties: false },
    ),
    response: { 200: Tokens },
  },
} as const satisfies Operation

export const refresh = {
  method: 'POST',
  url: '/v1/auth/refresh',
  auth: 'public',
  schema: {
    operationId: 'refresh',
    summary: 'Exchange a refresh token for new tokens',
    tags: ['auth'],
    body: T.Object({ refresh_token: T.String({ minLength: 1, maxLength: 512 }) }, { additionalProperties: false }),
    response: { 200: Tokens },
  },
} as const satisfies Operation

export const logout = {
  method: 'POST',
  url: '/v1/auth/logout',
  auth: 'user',
  schema: {
    operationId: 'logout',
    summary: 'End this session; its sockets close',
    tags: ['auth'],
    response: { 204: T.Null() },
  },
} as const satisfies Operation

/** The desktop window's way in: the main process holds the secret, which works once and only from this machine. */
export const desktopLogin = {
  method: 'POST',
  url: '/v1/auth/desktop',
  auth: 'public',
  schema: {
    operationId: 'desktopLogin',
    summary: 'Exchange the desktop app’s one-time secret for tokens',
    tags: ['auth'],
    body: T.Object({ secret: T.String({ minLength: 1, maxLength: 128 }) }, { additionalProperties: false }),
    response: { 200: Tokens, 403: Problem },
  },
} as const satisfies Operation

export const Me = T.Object({
  id: T.String(),
  email: T.String(),
  platform_role: T.Union([T.Literal('admin'), T.Literal('user')]),
  organization: Nullable(
    T.Object({
      id: T.String(),
      name: T.String(),
      role: T.Union([T.Literal('owner'), T.Literal('admin'), T.Literal('user')]),
    }),
  ),
  permissions: T.Array(T.String(), { description: 'Keys held in the organization of this request.' }),
  created_at: T.String(),
})
export type Me = Static<typeof Me>

export const getMe = {
  method: 'GET',
  url: '/v1/users/me',
  auth: 'user',
  schema: { operationId: 'getMe', summary: 'The signed-in person', tags: ['users'], response: { 200: Me } },
} as const satisfies Operation
