import { type Static, Type as T } from 'typebox'
import type { Operation } from './operation.ts'
import { Email, NewPassword } from './auth.ts'
import { Id, IdParams, Nullable, Page, PageQuery, Time } from './page.ts'
import { roles } from './permissions.ts'
import { Problem } from './problem.ts'

export const platformRoles = ['admin', 'user'] as const

/** An account, as platform administrators see it. */
export const User = T.Object({
  id: Id,
  email: T.String(),
  platform_role: T.Enum(platformRoles),
  suspended_at: Nullable(Time),
  has_password: T.Boolean(),
  mfa_enabled: T.Boolean(),
  organizations: T.Array(T.Object({ id: Id, name: T.String(), role: T.Enum(roles) })),
  last_sign_in_at: Nullable(Time),
  created_at: Time,
})
export type User = Static<typeof User>

const UserQuery = {
  ...PageQuery,
  search: T.Optional(T.String({ maxLength: 100, description: 'In the address.' })),
  platform_role: T.Optional(T.Enum(platformRoles)),
  state: T.Optional(T.Enum(['active', 'suspended'])),
}

export const updatePassword = {
  method: 'POST',
  url: '/v1/users/me/password',
  auth: 'user',
  credential: 'session',
  schema: {
    operationId: 'updatePassword',
    summary: 'Change the own password; every other session ends',
    tags: ['users'],
    body: T.Object(
      {
        current_password: T.Optional(
          T.String({ minLength: 1, maxLength: 256, description: 'Absent only where the account has none yet.' }),
        ),
        new_password: NewPassword,
      },
      { additionalProperties: false },
    ),
    response: { 204: T.Null(), 400: Problem },
  },
} as const satisfies Operation

export const Session = T.Object({
  id: Id,
  is_current: T.Boolean(),
  ip: Nullable(T.String()),
  user_agent: Nullable(T.String()),
  created_at: Time,
  last_used_at: Time,
})
export type Session = Static<typeof Session>

export const listSessions = {
  method: 'GET',
  url: '/v1/users/me/sessions',
  auth: 'user',
  credential: 'session',
  schema: {
    operationId: 'listSessions',
    summary: 'List own sessions, last used first',
    tags: ['users'],
    response: { 200: T.Object({ items: T.Array(Session) }) },
  },
} as const satisfies Operation

export const revokeSession = {
  method: 'DELETE',
  url: '/v1/users/me/sessions/:id',
  auth: 'user',
  credential: 'session',
  schema: {
    operationId: 'revokeSession',
    summary: 'End one of the own sessions',
    tags: ['users'],
    params: IdParams,
    response: { 204: T.Null(), 404: Problem },
  },
} as const satisfies Operation

export const listUsers = {
  method: 'GET',
  url: '/v1/users',
  auth: 'admin',
  schema: {
    operationId: 'listUsers',
    summary: 'List users',
    tags: ['users'],
    querystring: T.Object(UserQuery, { additionalProperties: false }),
    response: { 200: Page(User) },
  },
} as const satisfies Operation

export const createUser = {
  method: 'POST',
  url: '/v1/users',
  auth: 'admin',
  schema: {
    operationId: 'createUser',
    summary: 'Create a user with an organization of their own',
    tags: ['users'],
    body: T.Object(
      {
        email: Email,
        password: T.Optional(NewPassword),
        platform_role: T.Optional(T.Enum(platformRoles)),
      },
      { additionalProperties: false },
    ),
    response: {
      201: T.Object({
        ...User.properties,
        link: Nullable(
          T.String({ description: 'Where they choose a password, when none was given. Shown this once.' }),
        ),
      }),
      409: Problem,
    },
  },
} as const satisfies Operation

export const getUser = {
  method: 'GET',
  url: '/v1/users/:id',
  auth: 'admin',
  schema: {
    operationId: 'getUser',
    summary: 'Get user',
    tags: ['users'],
    params: IdParams,
    response: { 200: User, 404: Problem },
  },
} as const satisfies Operation

export const updateUser = {
  method: 'PUT',
  url: '/v1/users/:id',
  auth: 'admin',
  schema: {
    operationId: 'updateUser',
    summary: 'Change the platform role of a user',
    tags: ['users'],
    params: IdParams,
    body: T.Object({ platform_role: T.Enum(platformRoles) }, { additionalProperties: false }),
    response: { 200: User, 404: Problem, 409: Problem },
  },
} as const satisfies Operation

export const deleteUser = {
  method: 'DELETE',
  url: '/v1/users/:id',
  auth: 'admin',
  schema: {
    operationId: 'deleteUser',
    summary: 'Delete a user; refused while they own an organization with other members or with machines or servers',
    tags: ['users'],
    params: IdParams,
    response: { 204: T.Null(), 404: Problem, 409: Problem },
  },
} as const satisfies Operation

export const listAdminUsers = {
  method: 'GET',
  url: '/v1/admin/users',
  auth: 'admin',
  schema: {
    operationId: 'listAdminUsers',
    summary: 'List users',
    tags: ['admin'],
    querystring: T.Object(UserQuery, { additionalProperties: false }),
    response: { 200: Page(User) },
  },
} as const satisfies Operation

export const suspendUser = {
  method: 'POST',
  url: '/v1/admin/users/:id/suspend',
  auth: 'admin',
  schema: {
    operationId: 'suspendUser',
    summary: 'Suspend a user; their sessions, sockets, transfers and tokens end',
    tags: ['admin'],
    params: IdParams,
    response: { 200: User, 404: Problem, 409: Problem },
  },
} as const satisfies Operation

export const unsuspendUser = {
  method: 'POST',
  url: '/v1/admin/users/:id/unsuspend',
  auth: 'admin',
  schema: {
    operationId: 'unsuspendUser',
    summary: 'Let a suspended user in again',
    tags: ['admin'],
    params: IdParams,
    response: { 200: User, 404: Problem },
  },
} as const satisfies Operation

export const createResetLink = {
  method: 'POST',
  url: '/v1/admin/users/:id/reset-link',
  auth: 'admin',
  credential: 'session',
  schema: {
    operationId: 'createResetLink',
    summary: 'Make a link with which the user chooses a new password; good once, for 30 minutes',
    tags: ['admin'],
    params: IdParams,
    response: { 201: T.Object({ link: T.String(), expires_at: Time }), 404: Problem, 409: Problem },
  },
} as const satisfies Operation

export const resetUserMfa = {
  method: 'POST',
  url: '/v1/admin/users/:id/mfa/reset',
  auth: 'admin',
  credential: 'session',
  schema: {
    operationId: 'resetUserMfa',
    summary: 'Take away every second factor of a user who lost them',
    tags: ['admin'],
    params: IdParams,
    response: { 204: T.Null(), 404: Problem },
  },
} as const satisfies Operation
