import { type Static, Type as T } from 'typebox'
import { FleetNode } from './nodes.ts'
import type { Operation } from './operation.ts'
import { Id, IdParams, Nullable, Page, PageQuery, Time } from './page.ts'
import { Problem } from './problem.ts'

/**
 * A server moves to another machine with its data. Nothing of it is removed from the source before it is verified on the target; until
 * then any failure leaves the source as it was. docs/migrations.md tells the whole story of one.
 *
 * pending      waits for its turn
 * preparing    the target is asked: room, ports, runtime
 * copying      live mode: files are sent while the server runs on
 * stopping     the server is stopped on the source, and held there
 * transferring what changed since, or everything
 * verifying    the target compares every file with the manifest
 * switching    the server belongs to the target now
 * starting     it is started there, if it ran
 * cleaning     the source forgets it
 * done, failed, cancelled: the end
 */
export const migrationStates = [
  'pending',
  'preparing',
  'copying',
  'stopping',
  'transferring',
  'verifying',
  'switching',
  'starting',
  'cleaning',
  'done',
  'failed',
  'cancelled',
] as const
export type MigrationState = (typeof migrationStates)[number]
export const migrationModes = ['stop', 'live'] as const

export const Migration = T.Object({
  id: Id,
  organization_id: Id,
  instance_id: Id,
  instance_name: T.String(),
  source_node_id: Id,
  source_node_name: T.String(),
  target_node_id: Id,
  target_node_name: T.String(),
  mode: T.Enum(migrationModes),
  state: T.Enum(migrationStates),
  is_waiting: T.Boolean({ description: 'For a machine that is away; it goes on by itself.' }),
  reason: Nullable(T.String({ description: 'Why it waits, failed or was cancelled, in words.' })),
  files_total: Nullable(T.Integer()),
  files_done: T.Integer(),
  bytes_total: Nullable(T.Number()),
  bytes_done: T.Number(),
  percent: Nullable(T.Number()),
  downtime_ms: Nullable(T.Integer({ description: 'From the stop on the source to the start on the target.' })),
  is_cancellable: T.Boolean({ description: 'Not any more once the server belongs to the target.' }),
  drain_id: Nullable(T.String({ description: 'The draining that it is part of.' })),
  created_by: Nullable(Id),
  created_at: Time,
  started_at: Nullable(Time),
  finished_at: Nullable(Time),
})
export type Migration = Static<typeof Migration>

export const listMigrations = {
  method: 'GET',
  url: '/v1/migrations',
  auth: 'user',
  permission: 'instances.view',
  schema: {
    operationId: 'listMigrations',
    summary: 'List migrations of the servers that one sees',
    tags: ['migrations'],
    querystring: T.Object(
      {
        ...PageQuery,
        state: T.Optional(T.Enum(['running', 'done', 'failed', 'cancelled'])),
        node_id: T.Optional(T.String({ format: 'uuid', description: 'From it or to it.' })),
        instance_id: T.Optional(Id),
      },
      { additionalProperties: false },
    ),
    response: { 200: Page(Migration) },
  },
} as const satisfies Operation

export const getMigration = {
  method: 'GET',
  url: '/v1/migrations/:id',
  auth: 'user',
  permission: 'instances.view',
  per: 'instance',
  schema: {
    operationId: 'getMigration',
    summary: 'Get migration',
    tags: ['migrations'],
    params: IdParams,
    response: { 200: Migration, 404: Problem },
  },
} as const satisfies Operation

export const cancelMigration = {
  method: 'POST',
  url: '/v1/migrations/:id/cancel',
  auth: 'user',
  permission: 'nodes.drain',
  schema: {
    operationId: 'cancelMigration',
    summary: 'Cancel migration: the server stays where it was, running if it ran',
    tags: ['migrations'],
    params: IdParams,
    response: { 202: Migration, 404: Problem, 409: Problem },
  },
} as const satisfies Operation

const nodeAction = (url: `/${string}`, operationId: string, summary: string) =>
  ({
    method: 'POST',
    url,
    auth: 'user',
    permission: 'nodes.drain',
    schema: {
      operationId,
      summary,
      tags: ['migrations'],
      params: IdParams,
      response: { 200: FleetNode, 404: Problem },
    },
  }) as const satisfies Operation
export const cordonNode = nodeAction('/v1/nodes/:id/cordon', 'cordonNode', 'Disable scheduling: no new servers there')
export const uncordonNode = nodeAction(
  '/v1/nodes/:id/uncordon',
  'uncordonNode',
  'Re-enable scheduling; a draining ends, and what waits of it is cancelled',
)

/** One server of a draining: where it would go, or why nowhere. */
export const DrainStep = T.Object({
  instance_id: Id,
  instance_name: T.String(),
  is_running: T.Boolean(),
  memory_bytes: Nullable(T.Number()),
  target_node_id: Nullable(Id),
  target_node_name: Nullable(T.String()),
  ports: T.Array(T.Object({ name: T.String(), from: T.Integer(), to: T.Integer() }), {
    description: 'Host ports; they differ where the old one is taken there.',
  }),
  reason: Nullable(T.String({ description: 'Why no machine takes it, in words.' })),
  code: Nullable(
    T.Enum(['no_machine', 'no_memory', 'no_disk', 'no_port', 'no_runtime', 'wrong_labels', 'already_moving']),
  ),
})
export type DrainStep = Static<typeof DrainStep>

export const getDrainPlan = {
  method: 'GET',
  url: '/v1/nodes/:id/drain',
  auth: 'user',
  permission: 'nodes.drain',
  schema: {
    operationId: 'getDrainPlan',
    summary: 'What draining a machine would do; nothing is changed',
    tags: ['migrations'],
    params: IdParams,
    response: { 200: T.Object({ steps: T.Array(DrainStep) }), 404: Problem },
  },
} as const satisfies Operation

export const drainNode = {
  method: 'POST',
  url: '/v1/nodes/:id/drain',
  auth: 'user',
  permission: 'nodes.drain',
  schema: {
    operationId: 'drainNode',
    summary: 'Evict all instances: the machine takes no new ones, and each of its servers moves to where the plan says',
    tags: ['migrations'],
    params: IdParams,
    body: Nullable(T.Object({ mode: T.Optional(T.Enum(migrationModes)) }, { additionalProperties: false })),
    response: {
      202: T.Object({ node: FleetNode, steps: T.Array(DrainStep), migrations: T.Array(Migration) }),
      404: Problem,
      409: Problem,
    },
  },
} as const satisfies Operation

export const migrateInstances = {
  method: 'POST',
  url: '/v1/nodes/:id/migrate',
  auth: 'user',
  permission: 'nodes.drain',
  schema: {
    operationId: 'migrateInstances',
    summary: 'Migrate instances to another node: those named, else all',
    tags: ['migrations'],
    params: IdParams,
    body: T.Object(
      {
        target_node_id: Id,
        instance_ids: T.Optional(T.Array(Id, { minItems: 1, maxItems: 500, uniqueItems: true })),
        mode: T.Optional(T.Enum(migrationModes)),
      },
      { additionalProperties: false },
    ),
    response: { 202: T.Object({ migrations: T.Array(Migration) }), 404: Problem, 409: Problem, 503: Problem },
  },
} as const satisfies Operation

/** One entry of what a server’s folder holds, as the source’s agent tells it. Paths are relative to the data folder, parts joined by `/`. */
export const ManifestEntry = T.Object({
  path: T.String({ minLength: 1, maxLength: 4096 }),
  type: T.Enum(['file', 'directory', 'link']),
  size: T.Number({ minimum: 0 }),
  mode: T.Integer({ minimum: 0, maximum: 4095 }),
  uid: T.Integer({ minimum: 0 }),
  gid: T.Integer({ minimum: 0 }),
  modified_ms: T.Number(),
  sha256: Nullable(T.String({ pattern: '^[0-9a-f]{64}$', description: 'Of a file.' })),
  target: Nullable(T.String({ maxLength: 4096, description: 'Of a link.' })),
})
export type ManifestEntry = Static<typeof ManifestEntry>
