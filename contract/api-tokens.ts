import { type Static, Type as T } from 'typebox'
import type { Operation } from './operation.ts'
import { Id, IdParams, Nullable, Time } from './page.ts'
import { permissions } from './permissions.ts'
import { Problem } from './problem.ts'

export const API_TOKEN_PREFIX = 'shardlyn_api_'
const keys = Object.keys(permissions) as (keyof typeof permissions)[]

export const ApiToken = T.Object({
  id: Id,
  name: T.String(),
  organization_id: Id,
  organization_name: T.String(),
  scopes: Nullable(T.Array(T.String(), { description: 'Permission keys; null is all that its owner may do.' })),
  expires_at: Nullable(Time),
  last_used_at: Nullable(Time),
  last_used_ip: Nullable(T.String()),
  created_at: Time,
})
export type ApiToken = Static<typeof ApiToken>

export const listApiTokens = {
  method: 'GET',
  url: '/v1/api-tokens',
  auth: 'user',
  credential: 'session',
  schema: {
    operationId: 'listApiTokens',
    summary: 'List own tokens',
    tags: ['api-tokens'],
    response: { 200: T.Object({ items: T.Array(ApiToken), next_cursor: T.Null() }) },
  },
} as const satisfies Operation

/** At most 50 tokens a person. Scopes beyond the owner’s own rights give nothing. */
export const createApiToken = {
  method: 'POST',
  url: '/v1/api-tokens',
  auth: 'user',
  credential: 'session',
  schema: {
    operationId: 'createApiToken',
    summary: 'Create a token for the organization of the request; its value is shown this once',
    tags: ['api-tokens'],
    body: T.Object(
      {
        name: T.String({ minLength: 1, maxLength: 60, pattern: '\\S' }),
        expires_in: T.Optional(
          Nullable(
            T.Integer({ minimum: 60, maximum: 315360000, description: 'Seconds; absent or null never expires.' }),
          ),
        ),
        scopes: T.Optional(Nullable(T.Array(T.Enum(keys), { minItems: 1, maxItems: 100, uniqueItems: true }))),
      },
      { additionalProperties: false },
    ),
    response: { 201: T.Object({ ...ApiToken.properties, token: T.String() }), 403: Problem, 409: Problem },
  },
} as const satisfies Operation

export const deleteApiToken = {
  method: 'DELETE',
  url: '/v1/api-tokens/:id',
  auth: 'user',
  credential: 'session',
  schema: {
    operationId: 'deleteApiToken',
    summary: 'Delete a token; it stops working at once',
    tags: ['api-tokens'],
    params: IdParams,
    response: { 204: T.Null(), 404: Problem },
  },
} as const satisfies Operation
