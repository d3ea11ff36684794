import { type Static, Type as T } from 'typebox'
import type { Operation } from './operation.ts'
import { Id, Nullable, Page, PageQuery, Time } from './page.ts'
import { Problem } from './problem.ts'
import { OrgParams } from './organizations.ts'

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
