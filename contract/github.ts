import { Type as T } from 'typebox'
import type { Operation } from './operation.ts'
import { SignInAnswer } from './auth.ts'
import { Nullable, Time } from './page.ts'
import { Problem } from './problem.ts'

export const beginGithubSignIn = {
  method: 'GET',
  url: '/v1/auth/github',
  auth: 'public',
  schema: {
    operationId: 'beginGithubSignIn',
    summary: 'Redirect to GitHub OAuth',
    tags: ['auth'],
    querystring: T.Object({}, { additionalProperties: false }),
    response: { 302: T.Null(), 404: Problem },
  },
} as const satisfies Operation

/** The same for somebody who was invited: what invites them is in no address, so it is in no history and no log. */
export const beginGithubWithInvite = {
  method: 'POST',
  url: '/v1/auth/github',
  auth: 'public',
  schema: {
    operationId: 'beginGithubWithInvite',
    summary: 'Begin a sign-in with GitHub that accepts an invitation; answers where the browser goes on',
    tags: ['auth'],
    body: T.Object({ invite_token: T.String({ minLength: 1, maxLength: 128 }) }, { additionalProperties: false }),
    response: { 200: T.Object({ url: T.String() }), 404: Problem },
  },
} as const satisfies Operation

export const finishGithubSignIn = {
  method: 'GET',
  url: '/v1/auth/github/callback',
  auth: 'public',
  crossSite: true,
  schema: {
    operationId: 'finishGithubSignIn',
    summary: 'GitHub OAuth callback: goes on to the dashboard with a one-time code in the fragment',
    tags: ['auth'],
    querystring: T.Object(
      {
        code: T.Optional(T.String({ maxLength: 512 })),
        state: T.Optional(T.String({ maxLength: 512 })),
        error: T.Optional(T.String({ maxLength: 200 })),
        error_description: T.Optional(T.String({ maxLength: 1000 })),
        error_uri: T.Optional(T.String({ maxLength: 1000 })),
        iss: T.Optional(T.String({ maxLength: 500 })),
      },
      { additionalProperties: false },
    ),
    response: { 302: T.Null() },
  },
} as const satisfies Operation

export const exchangeSignInCode = {
  method: 'POST',
  url: '/v1/auth/exchange',
  auth: 'public',
  schema: {
    operationId: 'exchangeSignInCode',
    summary: 'Trade the one-time code of a finished OAuth sign-in for tokens',
    tags: ['auth'],
    body: T.Object({ code: T.String({ minLength: 1, maxLength: 128 }) }, { additionalProperties: false }),
    response: { 200: SignInAnswer },
  },
} as const satisfies Operation

export const linkGithub = {
  method: 'POST',
  url: '/v1/users/me/identities/github',
  auth: 'user',
  credential: 'session',
  schema: {
    operationId: 'linkGithub',
    summary: 'Begin to link a GitHub account; answers where the browser must go',
    tags: ['users'],
    response: { 200: T.Object({ url: T.String() }), 404: Problem, 409: Problem },
  },
} as const satisfies Operation

export const Identity = T.Object({
  provider: T.Literal('github'),
  login: T.String(),
  email: Nullable(T.String()),
  created_at: Time,
})

export const listIdentities = {
  method: 'GET',
  url: '/v1/users/me/identities',
  auth: 'user',
  credential: 'session',
  schema: {
    operationId: 'listIdentities',
    summary: 'List linked accounts',
    tags: ['users'],
    response: { 200: T.Object({ items: T.Array(Identity) }) },
  },
} as const satisfies Operation

export const unlinkIdentity = {
  method: 'DELETE',
  url: '/v1/users/me/identities/:provider',
  auth: 'user',
  credential: 'session',
  schema: {
    operationId: 'unlinkIdentity',
    summary: 'Unlink an account; refused when it is the only way in',
    tags: ['users'],
    params: T.Object({ provider: T.Literal('github') }, { additionalProperties: false }),
    response: { 204: T.Null(), 404: Problem, 409: Problem },
  },
} as const satisfies Operation
