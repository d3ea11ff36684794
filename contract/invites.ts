import { type Static, Type as T } from 'typebox'
import type { Operation } from './operation.ts'
import { Email } from './auth.ts'
import { Id, Nullable, Time } from './page.ts'
import { instancePermissions, roles } from './permissions.ts'
import { Problem } from './problem.ts'
import { OrgParams, Organization } from './organizations.ts'
import { GrantableKey } from './members.ts'

const InviteToken = T.Object({ token: T.String({ minLength: 1, maxLength: 128 }) }, { additionalProperties: false })

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
