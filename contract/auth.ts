import { type Static, Type as T } from 'typebox'
import type { Operation } from './operation.ts'
import { Nullable } from './page.ts'
import { Problem } from './problem.ts'

export const Email = T.String({ format: 'email', maxLength: 254 })
/** Bounded in length before it reaches the hash. Also refused (400 `weak_password`): the most common ones, and one's own address. */
export const NewPassword = T.String({ minLength: 8, maxLength: 256 })

/** Access tokens live `expires_in` seconds; the refresh token is opaque and good for one use. */
export const Tokens = T.Object({
  access_token: T.String(),
  refresh_token: T.String(),
  expires_in: T.Integer({ description: 'Seconds until the access token expires.' }),
  token_type: T.Literal('Bearer'),
})
export type Tokens = Static<typeof Tokens>

export const secondFactors = ['totp', 'recovery_code', 'passkey'] as const

/** The password was right, and a second factor is asked for: send it with the challenge token, within five minutes. */
export const MfaRequired = T.Object({
  mfa_required: T.Literal(true),
  challenge_token: T.String({ description: 'Opaque; opens nothing but the challenge.' }),
  expires_in: T.Integer({ description: 'Seconds.' }),
  methods: T.Array(T.Enum(secondFactors)),
})
export type MfaRequired = Static<typeof MfaRequired>

export const SignInAnswer = T.Union([Tokens, MfaRequired])
export type SignInAnswer = Static<typeof SignInAnswer>

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
        password: NewPassword,
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
    response: { 200: SignInAnswer },
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
  credential: 'session',
  early: true,
  schema: {
    operationId: 'logout',
    summary: 'End this session; its sockets close',
    tags: ['auth'],
    response: { 204: T.Null() },
  },
} as const satisfies Operation

export const logoutEverywhere = {
  method: 'POST',
  url: '/v1/auth/logout-all',
  auth: 'user',
  credential: 'session',
  early: true,
  schema: {
    operationId: 'logoutEverywhere',
    summary: 'End every session of the signed-in person, this one too',
    tags: ['auth'],
    response: { 204: T.Null() },
  },
} as const satisfies Operation

export const registrationModes = ['open', 'invited', 'closed'] as const

/** What the pages before the sign-in need to know. */
export const SignInOptions = T.Object({
  registration: T.Enum(registrationModes),
  github: T.Boolean({ description: 'Signing in with GitHub is set up.' }),
  passkeys: T.Boolean({ description: 'The address in use can hold passkeys: a host name, not an IP address.' }),
  mail: T.Boolean({ description: 'Mail can be sent; else an administrator hands out links.' }),
})
export const getSignInOptions = {
  method: 'GET',
  url: '/v1/auth/options',
  auth: 'public',
  schema: {
    operationId: 'getSignInOptions',
    summary: 'Which ways in there are',
    tags: ['auth'],
    response: { 200: SignInOptions },
  },
} as const satisfies Operation

/** Without an invitation the person gets an organization of their own; with one they join its organization. */
export const register = {
  method: 'POST',
  url: '/v1/auth/register',
  auth: 'public',
  schema: {
    operationId: 'register',
    summary: 'Register a new account',
    tags: ['auth'],
    body: T.Object(
      {
        email: Email,
        password: NewPassword,
        invite_token: T.Optional(T.String({ minLength: 1, maxLength: 128 })),
        language: T.Optional(T.Enum(['en', 'pt-BR'])),
      },
      { additionalProperties: false },
    ),
    response: { 201: Tokens, 403: Problem, 404: Problem, 409: Problem },
  },
} as const satisfies Operation

export const forgotPassword = {
  method: 'POST',
  url: '/v1/auth/forgot-password',
  auth: 'public',
  schema: {
    operationId: 'forgotPassword',
    summary: 'Ask for a link that resets the password; answers alike for every address',
    tags: ['auth'],
    body: T.Object({ email: T.String({ minLength: 1, maxLength: 254 }) }, { additionalProperties: false }),
    response: { 202: T.Object({ mail: T.Boolean({ description: 'False: an administrator hands the link out.' }) }) },
  },
} as const satisfies Operation

/** Ends every session of the account. A second factor stays as it is. */
export const resetPassword = {
  method: 'POST',
  url: '/v1/auth/reset-password',
  auth: 'public',
  schema: {
    operationId: 'resetPassword',
    summary: 'Set a new password with the token of a reset link; good once, for 30 minutes',
    tags: ['auth'],
    body: T.Object(
      { token: T.String({ minLength: 1, maxLength: 128 }), new_password: NewPassword },
      { additionalProperties: false },
    ),
    response: { 204: T.Null(), 400: Problem },
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
  permissions: T.Array(T.String(), {
    description: 'Keys held in the organization of this request, for at least some of its objects.',
  }),
  everywhere: T.Array(T.String(), { description: 'Those of them that are held for every object of the organization.' }),
  mfa_enabled: T.Boolean(),
  must_enroll_mfa: T.Boolean({ description: 'Nothing else is open until a second factor is set up.' }),
  has_password: T.Boolean(),
  language: Nullable(T.Enum(['en', 'pt-BR'])),
  theme: Nullable(T.Enum(['system', 'light', 'dark'])),
  created_at: T.String(),
})
export type Me = Static<typeof Me>

export const getMe = {
  method: 'GET',
  url: '/v1/users/me',
  auth: 'user',
  scope: 'any',
  early: true,
  schema: { operationId: 'getMe', summary: 'The signed-in person', tags: ['users'], response: { 200: Me } },
} as const satisfies Operation
