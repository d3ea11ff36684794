import { type Static, Type as T } from 'typebox'
import type { Operation } from './operation.ts'
import { Id, Time } from './page.ts'
import { roles } from './permissions.ts'
import { Problem } from './problem.ts'

const OrganizationName = T.String({ minLength: 1, maxLength: 80, pattern: '\\S' })
const Slug = T.String({ minLength: 2, maxLength: 40, pattern: '^[a-z0-9]+(-[a-z0-9]+)*$' })
/** What the addresses of an organization's parts begin with. */
export const OrgParams = T.Object({ orgId: Id }, { additionalProperties: false })

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
