import { type Static, Type as T } from 'typebox'
import type { Operation } from './operation.ts'
import { Id, IdParams, Nullable, Page, PageQuery, Time } from './page.ts'
import { roles } from './permissions.ts'
import { AuditFilter, AuditLog } from './audit.ts'
import { Problem } from './problem.ts'

const Count = T.Integer({ minimum: 0 })
/** What an operator looks at first. */
export const AdminMetrics = T.Object({
  version: T.String(),
  node_version: T.String(),
  schema_version: T.Integer(),
  started_at: Time,
  uptime_seconds: T.Integer(),
  users: T.Object({ total: Count, suspended: Count, admins: Count, with_mfa: Count, active_24h: Count }),
  organizations: Count,
  sessions: Count,
  api_tokens: Count,
  nodes: T.Object({ healthy: Count, unhealthy: Count, offline: Count }),
  instances: T.Record(T.String(), Count, { description: 'By state.' }),
  workloads: Count,
  requests: T.Object({
    total: Count,
    errors: Count,
    per_second: T.Number({ description: 'Over the last minute.' }),
    p50_ms: Nullable(T.Number()),
    p95_ms: Nullable(T.Number()),
    p99_ms: Nullable(T.Number({ description: 'Of the last 5,000 requests.' })),
  }),
  sockets: Count,
  sign_ins: T.Object({ done_24h: Count, refused_24h: Count }),
  process: T.Object({
    rss_bytes: T.Integer(),
    heap_bytes: T.Integer(),
    cpu_percent: T.Number(),
    event_loop_p99_ms: T.Number(),
  }),
  storage: T.Object({
    database_bytes: T.Integer(),
    metrics_bytes: T.Integer(),
    backups_bytes: T.Integer(),
    free_bytes: Nullable(T.Integer()),
  }),
  last_backup: Nullable(
    T.Object({ at: Time, state: T.Enum(['running', 'done', 'failed']), error: Nullable(T.String()) }),
  ),
  jobs_failing: T.Array(T.Object({ name: T.String(), error: T.String() })),
})
export type AdminMetrics = Static<typeof AdminMetrics>

export const getAdminMetrics = {
  method: 'GET',
  url: '/v1/admin/metrics',
  auth: 'admin',
  schema: {
    operationId: 'getAdminMetrics',
    summary: 'Metrics dashboard',
    tags: ['admin'],
    response: { 200: AdminMetrics },
  },
} as const satisfies Operation

export const AdminOrganization = T.Object({
  id: Id,
  name: T.String(),
  slug: T.String(),
  owner_email: Nullable(T.String()),
  members: Count,
  nodes: Count,
  workloads: Count,
  instances: Count,
  created_at: Time,
})
export type AdminOrganization = Static<typeof AdminOrganization>

export const listAdminOrganizations = {
  method: 'GET',
  url: '/v1/admin/organizations',
  auth: 'admin',
  schema: {
    operationId: 'listAdminOrganizations',
    summary: 'List all organizations',
    tags: ['admin'],
    querystring: T.Object(
      { ...PageQuery, search: T.Optional(T.String({ maxLength: 100 })) },
      { additionalProperties: false },
    ),
    response: { 200: Page(AdminOrganization) },
  },
} as const satisfies Operation

export const getAdminOrganization = {
  method: 'GET',
  url: '/v1/admin/organizations/:id',
  auth: 'admin',
  schema: {
    operationId: 'getAdminOrganization',
    summary: 'Get organization',
    tags: ['admin'],
    params: IdParams,
    response: {
      200: T.Object({
        ...AdminOrganization.properties,
        people: T.Array(T.Object({ user_id: Id, email: T.String(), role: T.Enum(roles) })),
      }),
      404: Problem,
    },
  },
} as const satisfies Operation

export const listAuditLogs = {
  method: 'GET',
  url: '/v1/admin/audit-logs',
  auth: 'admin',
  schema: {
    operationId: 'listAuditLogs',
    summary: 'List audit logs, newest first',
    tags: ['admin'],
    querystring: T.Object(
      { ...PageQuery, ...AuditFilter, organization_id: T.Optional(T.String({ maxLength: 64 })) },
      { additionalProperties: false },
    ),
    response: { 200: Page(AuditLog) },
  },
} as const satisfies Operation

export const exportAuditLogs = {
  method: 'GET',
  url: '/v1/admin/audit-logs/export',
  auth: 'admin',
  kind: 'stream',
  schema: {
    operationId: 'exportAuditLogs',
    summary: 'Export audit logs as a stream of any length, oldest first',
    tags: ['admin'],
    querystring: T.Object(
      {
        ...AuditFilter,
        organization_id: T.Optional(T.String({ maxLength: 64 })),
        format: T.Optional(T.Enum(['csv', 'ndjson'], { default: 'csv' })),
      },
      { additionalProperties: false },
    ),
    response: { 400: Problem },
  },
} as const satisfies Operation

export const LogSettings = T.Object(
  {
    level: T.Enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']),
    audit_retention_days: T.Integer({ minimum: 1, maximum: 36500 }),
    syslog: T.Object(
      {
        enabled: T.Boolean(),
        protocol: T.Enum(['udp', 'tcp', 'tls'], {
          description: 'RFC 5424 messages over RFC 5426, RFC 6587 (counted) or RFC 5425.',
        }),
        host: T.String({ maxLength: 253 }),
        port: T.Integer({ minimum: 1, maximum: 65535 }),
        ca: T.String({
          maxLength: 65536,
          description: 'PEM, for tls with a certificate of one’s own; empty: the system’s.',
        }),
        content: T.Enum(['audit', 'all'], { description: 'The audit log alone, or the server’s own log too.' }),
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
)
export type LogSettings = Static<typeof LogSettings>
const LogAnswer = T.Object({
  ...LogSettings.properties,
  syslog_state: T.Object({ sent: Count, dropped: Count, last_error: Nullable(T.String()), connected: T.Boolean() }),
})

export const getLogSettings = {
  method: 'GET',
  url: '/v1/admin/settings/logs',
  auth: 'admin',
  schema: {
    operationId: 'getLogSettings',
    summary: 'Get log settings',
    tags: ['admin'],
    response: { 200: LogAnswer },
  },
} as const satisfies Operation

export const updateLogSettings = {
  method: 'PUT',
  url: '/v1/admin/settings/logs',
  auth: 'admin',
  schema: {
    operationId: 'updateLogSettings',
    summary: 'Update log settings; absent fields stay',
    tags: ['admin'],
    body: T.Object(
      {
        ...T.Partial(T.Omit(LogSettings, ['syslog'])).properties,
        syslog: T.Optional(
          T.Object(T.Partial(LogSettings.properties.syslog).properties, { additionalProperties: false }),
        ),
      },
      { additionalProperties: false, minProperties: 1 },
    ),
    response: { 200: LogAnswer, 400: Problem },
  },
} as const satisfies Operation
