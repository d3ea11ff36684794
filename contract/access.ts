import { type Static, Type as T } from 'typebox'
import type { Operation } from './operation.ts'
import { Email } from './auth.ts'
import { Id, IdParams, Time } from './page.ts'
import { instancePermissions } from './permissions.ts'
import { Problem } from './problem.ts'

/** A member with whom a server is shared, and what they may do there. */
export const InstanceAccess = T.Object({
  user_id: Id,
  email: T.String(),
  permissions: T.Array(T.Enum(instancePermissions)),
  created_at: Time,
  updated_at: Time,
})
export type InstanceAccess = Static<typeof InstanceAccess>

const AccessParams = T.Object({ id: Id, userId: Id }, { additionalProperties: false })

export const listInstanceAccess = {
  method: 'GET',
  url: '/v1/instances/:id/access',
  auth: 'user',
  permission: 'instances.access',
  per: 'instance',
  schema: {
    operationId: 'listInstanceAccess',
    summary: 'List with whom a server is shared, and who may do what',
    tags: ['access'],
    params: IdParams,
    response: { 200: T.Object({ items: T.Array(InstanceAccess), next_cursor: T.Null() }), 404: Problem },
  },
} as const satisfies Operation

/** At most 100 people a server. Nobody gives what they do not hold on that server themselves. */
export const shareInstance = {
  method: 'POST',
  url: '/v1/instances/:id/access',
  auth: 'user',
  permission: 'instances.access',
  per: 'instance',
  schema: {
    operationId: 'shareInstance',
    summary: 'Share a server with a member, by address',
    tags: ['access'],
    params: IdParams,
    body: T.Object(
      { email: Email, permissions: T.Array(T.Enum(instancePermissions), { minItems: 1, uniqueItems: true }) },
      { additionalProperties: false },
    ),
    response: { 201: InstanceAccess, 403: Problem, 404: Problem, 409: Problem },
  },
} as const satisfies Operation

export const updateInstanceAccess = {
  method: 'PUT',
  url: '/v1/instances/:id/access/:userId',
  auth: 'user',
  permission: 'instances.access',
  per: 'instance',
  schema: {
    operationId: 'updateInstanceAccess',
    summary: 'Change what somebody may do on a server',
    tags: ['access'],
    params: AccessParams,
    body: T.Object(
      { permissions: T.Array(T.Enum(instancePermissions), { minItems: 1, uniqueItems: true }) },
      { additionalProperties: false },
    ),
    response: { 200: InstanceAccess, 403: Problem, 404: Problem },
  },
} as const satisfies Operation

export const removeInstanceAccess = {
  method: 'DELETE',
  url: '/v1/instances/:id/access/:userId',
  auth: 'user',
  permission: 'instances.access',
  per: 'instance',
  schema: {
    operationId: 'removeInstanceAccess',
    summary: 'Stop sharing a server with somebody; what they have open there closes',
    tags: ['access'],
    params: AccessParams,
    response: { 204: T.Null(), 403: Problem, 404: Problem },
  },
} as const satisfies Operation
