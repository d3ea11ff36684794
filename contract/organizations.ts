import { type Static, Type as T } from 'typebox'
import type { Operation } from './operation.ts'
import { Email } from './auth.ts'
import { Id, Nullable, Page, PageQuery, Time } from './page.ts'
import { grantablePermissions, instancePermissions, roles } from './permissions.ts'
import { Problem } from './problem.ts'

const OrganizationName = T.String({ minLength: 1, maxLength: 80, pattern: '\\S' })
const Slug = T.String({ minLength: 2, maxLength: 40, pattern: '^[a-z0-9]+(-[a-z0-9]+)*$' })
const OrgParams = T.Object({ orgId: Id }, { additionalProperties: false })
const MemberParams = T.Object({ orgId: Id, userId: Id }, { additionalProperties: false })
const GrantableKey = T.Enum([...grantablePermissions])

/** An organization that the caller belongs to. */
export const Organization = T.Object({
  id: Id,
  name: T.String(),
  slug: T.String({ description: 'Unique over the whole installation.' }),
  role: T.Enum(roles, { description: 'The caller’s.' }),
  is_default: T.Boolean({ description: 'Used where a request names none.' }),
  members: T.Integer(),
  nodes: T.Integer(),
  workloads: T.Integer(),
  instances: T.Integer(),
  created_at: Time,
})
export type Organization = Static<typeof Organization>

/** An API token sees the organization it was made in. */
export const listOrganizations = {
  method: 'GET',
  url: '/v1/organizations',
  auth: 'user',
  schema: {
    operationId: 'listOrganizations',
    summary: 'List the organizations of the caller, by name',
    tags: ['organizations'],
    response: { 200: T.Object({ items: T.Array(Organization), next_cursor: T.Null() }) },
  },
} as const satisfies Operation

/** At most 20 a person. Without a slug one is made of the name. */
export const createOrganization = {
  method: 'POST',
  url: '/v1/organizations',
  auth: 'user',
  credential: 'session',
  schema: {
    operationId: 'createOrganization',
    summary: 'Create an organization and become its owner',
    tags: ['organizations'],
    body: T.Object({ name: OrganizationName, slug: T.Optional(Slug) }, { additionalProperties: false }),
    response: { 201: Organization, 409: Problem },
  },
} as const satisfies Operation

export const getOrganization = {
  method: 'GET',
  url: '/v1/organizations/:orgId',
  auth: 'user',
  schema: {
    operationId: 'getOrganization',
    summary: 'Get organization',
    tags: ['organizations'],
    params: OrgParams,
    response: { 200: Organization, 404: Problem },
  },
} as const satisfies Operation

export const updateOrganization = {
  method: 'PUT',
  url: '/v1/organizations/:orgId',
  auth: 'user',
  permission: 'organization.update',
  schema: {
    operationId: 'updateOrganization',
    summary: 'Rename an organization',
    tags: ['organizations'],
    params: OrgParams,
    body: T.Object(
      { name: T.Optional(OrganizationName), slug: T.Optional(Slug) },
      { additionalProperties: false, minProperties: 1 },
    ),
    response: { 200: Organization, 404: Problem, 409: Problem },
  },
} as const satisfies Operation

/** Workloads, invitations, grants and tokens go with it; the audit log stays with the platform. */
export const deleteOrganization = {
  method: 'DELETE',
  url: '/v1/organizations/:orgId',
  auth: 'user',
  permission: 'organization.delete',
  credential: 'session',
  schema: {
    operationId: 'deleteOrganization',
    summary: 'Delete an organization; refused while it has machines or servers',
    tags: ['organizations'],
    params: OrgParams,
    querystring: T.Object(
      { confirm: T.String({ maxLength: 80, description: 'Its name, typed.' }) },
      { additionalProperties: false },
    ),
    response: { 204: T.Null(), 400: Problem, 404: Problem, 409: Problem },
  },
} as const satisfies Operation

export const setDefaultOrganization = {
  method: 'POST',
  url: '/v1/organizations/:orgId/default',
  auth: 'user',
  credential: 'session',
  schema: {
    operationId: 'setDefaultOrganization',
    summary: 'Use this organization where a request names none',
    tags: ['organizations'],
    params: OrgParams,
    response: { 200: Organization, 404: Problem },
  },
} as const satisfies Operation

export const transferOrganization = {
  method: 'POST',
  url: '/v1/organizations/:orgId/transfer',
  auth: 'user',
  permission: 'organization.transfer',
  credential: 'session',
  schema: {
    operationId: 'transferOrganization',
    summary: 'Make another member the owner; the old owner becomes an administrator',
    tags: ['organizations'],
    params: OrgParams,
    body: T.Object({ user_id: Id }, { additionalProperties: false }),
    response: { 200: Organization, 404: Problem, 409: Problem },
  },
} as const satisfies Operation

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

/** Rights on one server, as an invitation or a share carries them. */
const InstanceRights = T.Object(
  { instance_id: Id, permissions: T.Array(T.Enum(instancePermissions), { minItems: 1, uniqueItems: true }) },
  { additionalProperties: false },
)
export const Invite = T.Object({
  id: Id,
  email: Nullable(T.String({ description: 'Null: whoever has the link.' })),
  role: T.Enum(roles),
  denials: T.Array(T.String()),
  instances: T.Array(T.Object({ instance_id: Id, permissions: T.Array(T.String()) })),
  invited_by: Nullable(T.String({ description: 'Address of who invited.' })),
  created_at: Time,
  expires_at: Time,
  mailed_at: Nullable(Time),
})
export type Invite = Static<typeof Invite>

/** At most 100 open invitations an organization. Nobody invites to more than they may do themselves. */
export const inviteMember = {
  method: 'POST',
  url: '/v1/organizations/:orgId/members/invite',
  auth: 'user',
  permission: 'members.invite',
  schema: {
    operationId: 'inviteMember',
    summary: 'Invite somebody by e-mail or by a link',
    tags: ['organizations'],
    params: OrgParams,
    body: T.Object(
      {
        email: T.Optional(Email),
        role: T.Optional(T.Enum(['admin', 'user'], { default: 'user' })),
        denials: T.Optional(
          T.Array(GrantableKey, {
            maxItems: 50,
            uniqueItems: true,
            description: 'What the role would give and this person shall not have.',
          }),
        ),
        instances: T.Optional(T.Array(InstanceRights, { maxItems: 100, description: 'Servers to share with them.' })),
        expires_in: T.Optional(
          T.Integer({ minimum: 300, maximum: 2592000, description: 'Seconds; seven days if absent.' }),
        ),
      },
      { additionalProperties: false },
    ),
    response: {
      201: T.Object({ ...Invite.properties, link: T.String({ description: 'Shown this once.' }) }),
      403: Problem,
      404: Problem,
      409: Problem,
    },
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

export const listInvites = {
  method: 'GET',
  url: '/v1/organizations/:orgId/invites',
  auth: 'user',
  permission: 'members.invite',
  schema: {
    operationId: 'listInvites',
    summary: 'List open invitations',
    tags: ['organizations'],
    params: OrgParams,
    response: { 200: T.Object({ items: T.Array(Invite), next_cursor: T.Null() }), 404: Problem },
  },
} as const satisfies Operation

export const deleteInvite = {
  method: 'DELETE',
  url: '/v1/organizations/:orgId/invites/:inviteId',
  auth: 'user',
  permission: 'members.invite',
  schema: {
    operationId: 'deleteInvite',
    summary: 'Revoke an invitation',
    tags: ['organizations'],
    params: T.Object({ orgId: Id, inviteId: Id }, { additionalProperties: false }),
    response: { 204: T.Null(), 404: Problem },
  },
} as const satisfies Operation

const InviteToken = T.Object({ token: T.String({ minLength: 1, maxLength: 128 }) }, { additionalProperties: false })

export const previewInvite = {
  method: 'POST',
  url: '/v1/invites/preview',
  auth: 'public',
  schema: {
    operationId: 'previewInvite',
    summary: 'What an invitation is to, for the page that accepts it',
    tags: ['organizations'],
    body: T.Object({ token: T.String({ minLength: 1, maxLength: 128 }) }, { additionalProperties: false }),
    response: {
      200: T.Object({
        organization_name: T.String(),
        invited_by: Nullable(T.String()),
        email: Nullable(T.String()),
        role: T.Enum(roles),
        expires_at: Time,
      }),
      404: Problem,
    },
  },
} as const satisfies Operation

/** Good once; by the invited address only when one was named. */
export const acceptInvite = {
  method: 'POST',
  url: '/v1/invites/:token/accept',
  auth: 'user',
  credential: 'session',
  schema: {
    operationId: 'acceptInvite',
    summary: 'Accept invite',
    tags: ['organizations'],
    params: InviteToken,
    response: { 200: Organization, 403: Problem, 404: Problem, 409: Problem },
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

/** One line of the organization's audit log. */
export const AuditLog = T.Object({
  id: Id,
  at: Time,
  organization_id: Nullable(T.String()),
  actor_type: T.Enum(['user', 'agent', 'system']),
  actor_id: Nullable(T.String()),
  actor_name: Nullable(T.String()),
  action: T.String({ description: 'noun.verb' }),
  subject_type: T.String(),
  subject_id: Nullable(T.String()),
  subject_name: Nullable(T.String()),
  ip: Nullable(T.String()),
  outcome: T.Enum(['done', 'refused', 'failed']),
  reason: Nullable(T.String()),
  details: Nullable(T.String({ description: 'JSON text: what changed. Never a secret.' })),
})
export type AuditLog = Static<typeof AuditLog>

/** Filters of every audit listing. Times are ISO-8601; `action` also takes a noun, such as `instance`. */
export const AuditFilter = {
  actor: T.Optional(T.String({ maxLength: 254, description: 'Part of an address, or an id.' })),
  action: T.Optional(T.String({ maxLength: 64, pattern: '^[a-z_]+(\\.[a-z_]+)?$' })),
  subject_type: T.Optional(T.String({ maxLength: 32 })),
  subject_id: T.Optional(T.String({ maxLength: 64 })),
  outcome: T.Optional(T.Enum(['done', 'refused', 'failed'])),
  ip: T.Optional(T.String({ maxLength: 64 })),
  since: T.Optional(Time),
  until: T.Optional(Time),
}

export const listOrganizationAuditLogs = {
  method: 'GET',
  url: '/v1/organizations/:orgId/audit-logs',
  auth: 'user',
  permission: 'audit.view',
  schema: {
    operationId: 'listOrganizationAuditLogs',
    summary: 'List the organization’s audit log, newest first',
    tags: ['organizations'],
    params: OrgParams,
    querystring: T.Object({ ...PageQuery, ...AuditFilter }, { additionalProperties: false }),
    response: { 200: Page(AuditLog), 404: Problem },
  },
} as const satisfies Operation
