import { type Static, Type as T } from 'typebox'
import type { Operation } from './operation.ts'
import { Id, Nullable, Page, PageQuery, Time } from './page.ts'
import { grantablePermissions, roles } from './permissions.ts'
import { Problem } from './problem.ts'
import { OrgParams } from './organizations.ts'

const MemberParams = T.Object({ orgId: Id, userId: Id }, { additionalProperties: false })
/** A right that may be granted to a member or denied them. */
export const GrantableKey = T.Enum([...grantablePermissions])

export const Member = T.Object({
  user_id: Id,
  email: T.String(),
  role: T.Enum(roles),
  mfa_enabled: T.Boolean(),
  suspended: T.Boolean(),
  grants: T.Array(T.String()),
  denials: T.Array(T.String()),
  shared_instances: T.Integer({ description: 'Servers of others that are shared with them.' }),
  joined_at: Time,
  last_seen_at: Nullable(Time),
})
export type Member = Static<typeof Member>

export const listMembers = {
  method: 'GET',
  url: '/v1/organizations/:orgId/members',
  auth: 'user',
  permission: 'members.view',
  schema: {
    operationId: 'listMembers',
    summary: 'List members, by address',
    tags: ['organizations'],
    params: OrgParams,
    querystring: T.Object(
      { ...PageQuery, search: T.Optional(T.String({ maxLength: 100 })) },
      { additionalProperties: false },
    ),
    response: { 200: Page(Member), 404: Problem },
  },
} as const satisfies Operation

/** Leaving needs no right; removing needs `members.remove` and a role above theirs. What they made stays and belongs to the owner. */
export const removeMember = {
  method: 'DELETE',
  url: '/v1/organizations/:orgId/members/:userId',
  auth: 'user',
  credential: 'session',
  schema: {
    operationId: 'removeMember',
    summary: 'Remove a member, or leave',
    tags: ['organizations'],
    params: MemberParams,
    response: { 204: T.Null(), 403: Problem, 404: Problem, 409: Problem },
  },
} as const satisfies Operation

export const updateMemberRole = {
  method: 'PUT',
  url: '/v1/organizations/:orgId/members/:userId/role',
  auth: 'user',
  permission: 'members.update',
  schema: {
    operationId: 'updateMemberRole',
    summary: 'Change a role',
    tags: ['organizations'],
    params: MemberParams,
    body: T.Object({ role: T.Enum(['admin', 'user']) }, { additionalProperties: false }),
    response: { 200: Member, 403: Problem, 404: Problem, 409: Problem },
  },
} as const satisfies Operation

export const MemberPermissions = T.Object({
  user_id: Id,
  role: T.Enum(roles),
  items: T.Array(
    T.Object({
      key: T.String(),
      by_role: T.Boolean({ description: 'What the role alone gives.' }),
      effect: Nullable(T.Enum(['grant', 'deny'], { description: 'What was set for this member.' })),
      effective: T.Enum(['none', 'own', 'all'], { description: 'own: only for what they made.' }),
    }),
  ),
})
export type MemberPermissions = Static<typeof MemberPermissions>

/** One’s own always; of others with `members.view`. */
export const getMemberPermissions = {
  method: 'GET',
  url: '/v1/organizations/:orgId/members/:userId/permissions',
  auth: 'user',
  scope: 'any',
  schema: {
    operationId: 'getMemberPermissions',
    summary: 'Get permissions',
    tags: ['organizations'],
    params: MemberParams,
    response: { 200: MemberPermissions, 403: Problem, 404: Problem },
  },
} as const satisfies Operation

/** Nobody grants what they do not hold themselves. */
export const setMemberPermission = {
  method: 'POST',
  url: '/v1/organizations/:orgId/members/:userId/permissions',
  auth: 'user',
  permission: 'members.update',
  schema: {
    operationId: 'setMemberPermission',
    summary: 'Grant or deny a permission',
    tags: ['organizations'],
    params: MemberParams,
    body: T.Object({ key: GrantableKey, effect: T.Enum(['grant', 'deny']) }, { additionalProperties: false }),
    response: { 200: MemberPermissions, 403: Problem, 404: Problem, 409: Problem },
  },
} as const satisfies Operation

export const removeMemberPermission = {
  method: 'DELETE',
  url: '/v1/organizations/:orgId/members/:userId/permissions/:key',
  auth: 'user',
  permission: 'members.update',
  schema: {
    operationId: 'removeMemberPermission',
    summary: 'Remove a grant or a denial',
    tags: ['organizations'],
    params: T.Object({ orgId: Id, userId: Id, key: GrantableKey }, { additionalProperties: false }),
    response: { 200: MemberPermissions, 403: Problem, 404: Problem },
  },
} as const satisfies Operation

export const listPermissions = {
  method: 'GET',
  url: '/v1/permissions',
  auth: 'user',
  scope: 'any',
  schema: {
    operationId: 'listPermissions',
    summary: 'List all available permissions',
    tags: ['organizations'],
    response: {
      200: T.Object({
        items: T.Array(
          T.Object({
            key: T.String(),
            description: T.String(),
            roles: T.Array(T.Enum(roles), { description: 'The roles that have it.' }),
            grantable: T.Boolean({ description: 'Can be granted to or denied a member.' }),
            shareable: T.Boolean({ description: 'Can be given on a single server.' }),
            owned: T.Boolean({ description: 'By the role user it is held for own objects only.' }),
          }),
        ),
        next_cursor: T.Null(),
      }),
    },
  },
} as const satisfies Operation
