import { type Static, Type as T } from 'typebox'
import type { Operation } from './operation.ts'
import { Id, IdParams, Nullable, Page, PageQuery, Time } from './page.ts'
import { workloadPermissions } from './permissions.ts'
import { Problem } from './problem.ts'
import { CheckedDocument } from './workload.ts'

export const Workload = T.Object({
  id: Id,
  organization_id: Id,
  name: T.String({ description: 'The document’s metadata.name; unique in the organization.' }),
  description: T.String(),
  category: Nullable(T.String()),
  icon: T.String(),
  runtime: T.Union([T.Literal('docker'), T.Literal('process')]),
  image: Nullable(T.String()),
  version: T.Integer({ minimum: 1, description: 'Grows with every change of the document.' }),
  document: CheckedDocument,
  instance_count: T.Integer(),
  rights: T.Array(T.Enum(workloadPermissions), { description: 'What the caller may do with this workload.' }),
  created_by: Nullable(Id),
  created_at: Time,
  updated_at: Time,
})
export type Workload = Static<typeof Workload>

/** The document as an object, or as YAML or JSON text; exactly one. Refusals name the path of each mistake. */
export const WorkloadInput = T.Object(
  {
    document: T.Optional(T.Unknown()),
    source: T.Optional(T.String({ maxLength: 524288, description: 'YAML or JSON.' })),
  },
  { additionalProperties: false, minProperties: 1, maxProperties: 1 },
)

export const listWorkloads = {
  method: 'GET',
  url: '/v1/workloads',
  auth: 'user',
  permission: 'workloads.view',
  schema: {
    operationId: 'listWorkloads',
    summary: 'List workloads',
    tags: ['workloads'],
    querystring: T.Object(
      {
        ...PageQuery,
        search: T.Optional(T.String({ maxLength: 100 })),
        category: T.Optional(T.String({ maxLength: 40 })),
        runtime: T.Optional(T.Union([T.Literal('docker'), T.Literal('process')])),
      },
      { additionalProperties: false },
    ),
    response: { 200: Page(Workload) },
  },
} as const satisfies Operation

export const createWorkload = {
  method: 'POST',
  url: '/v1/workloads',
  auth: 'user',
  permission: 'workloads.create',
  schema: {
    operationId: 'createWorkload',
    summary: 'Create a workload from its document',
    tags: ['workloads'],
    body: WorkloadInput,
    response: { 201: Workload, 409: Problem },
  },
} as const satisfies Operation

export const getWorkload = {
  method: 'GET',
  url: '/v1/workloads/:id',
  auth: 'user',
  permission: 'workloads.view',
  schema: {
    operationId: 'getWorkload',
    summary: 'Get a workload',
    tags: ['workloads'],
    params: IdParams,
    response: { 200: Workload, 404: Problem },
  },
} as const satisfies Operation

export const updateWorkload = {
  method: 'PUT',
  url: '/v1/workloads/:id',
  auth: 'user',
  permission: 'workloads.update',
  per: 'workload',
  schema: {
    operationId: 'updateWorkload',
    summary: 'Replace a workload’s document; makes a new version',
    tags: ['workloads'],
    params: IdParams,
    body: WorkloadInput,
    response: { 200: Workload, 404: Problem, 409: Problem },
  },
} as const satisfies Operation

export const deleteWorkload = {
  method: 'DELETE',
  url: '/v1/workloads/:id',
  auth: 'user',
  permission: 'workloads.delete',
  per: 'workload',
  schema: {
    operationId: 'deleteWorkload',
    summary: 'Delete a workload; refused while servers use it',
    tags: ['workloads'],
    params: IdParams,
    response: { 204: T.Null(), 404: Problem, 409: Problem },
  },
} as const satisfies Operation

export const exportWorkload = {
  method: 'GET',
  url: '/v1/workloads/:id/export',
  auth: 'user',
  permission: 'workloads.view',
  kind: 'stream',
  schema: {
    operationId: 'exportWorkload',
    summary: 'Download a workload’s document as YAML or JSON; importable again',
    tags: ['workloads'],
    params: IdParams,
    querystring: T.Object(
      { format: T.Optional(T.Union([T.Literal('yaml'), T.Literal('json')], { default: 'yaml' })) },
      { additionalProperties: false },
    ),
    response: { 404: Problem },
  },
} as const satisfies Operation

export const createWorkloadFromTemplate = {
  method: 'POST',
  url: '/v1/workloads/from-template',
  auth: 'user',
  permission: 'workloads.create',
  schema: {
    operationId: 'createWorkloadFromTemplate',
    summary: 'Create a workload from a template',
    tags: ['workloads'],
    body: T.Object(
      {
        template_id: T.String({ minLength: 1, maxLength: 64 }),
        name: T.Optional(T.String({ minLength: 1, maxLength: 63, pattern: '\\S' })),
      },
      { additionalProperties: false },
    ),
    response: { 201: Workload, 404: Problem, 409: Problem },
  },
} as const satisfies Operation
