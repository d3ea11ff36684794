import { type Static, Type as T } from 'typebox'
import { HistoryQuery, InstanceHistory } from './metrics.ts'
import type { Operation } from './operation.ts'
import { Id, IdParams, Nullable, Page, PageQuery, Time } from './page.ts'
import { instancePermissions } from './permissions.ts'
import { Problem } from './problem.ts'
import { CheckedDocument } from './workload.ts'

export const instanceStates = [
  'creating',
  'installing',
  'starting',
  'running',
  'stopping',
  'stopped',
  'error',
  'migrating',
  'unknown',
] as const
export type InstanceState = (typeof instanceStates)[number]

const Name = T.String({
  minLength: 1,
  maxLength: 63,
  pattern: '^[^\\x00-\\x1f\\x7f]*[^\\s\\x00-\\x1f\\x7f][^\\x00-\\x1f\\x7f]*$',
})
const EnvName = T.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,100}$' })

export const InstancePort = T.Object({
  name: T.String(),
  container_port: T.Integer(),
  host_port: T.Integer(),
  protocol: T.Union([T.Literal('tcp'), T.Literal('udp')]),
})
export type InstancePort = Static<typeof InstancePort>

/** How the last run ended. `oom` is said plainly: the machine ran out of the memory the server was given. */
export const InstanceExit = T.Object({
  code: Nullable(T.Integer()),
  signal: Nullable(T.String()),
  oom: T.Boolean(),
  at: Time,
})

/** What a server uses now. A null is not measurable on that machine. */
export const InstanceUsage = T.Object({
  cpu_percent: T.Number({ description: '100 is one whole core.' }),
  memory_bytes: T.Number(),
  memory_limit_bytes: Nullable(T.Number()),
  network_in_bytes_per_second: Nullable(T.Number()),
  network_out_bytes_per_second: Nullable(T.Number()),
  pids: Nullable(T.Integer()),
  uptime_seconds: T.Integer(),
  disk_bytes: Nullable(T.Number({ description: 'Size of the data folder, measured every few minutes.' })),
})
export type InstanceUsage = Static<typeof InstanceUsage>

export const Limits = T.Object(
  {
    cpu: T.Optional(Nullable(T.Number({ minimum: 0.05, maximum: 512, description: 'Cores; null is no limit.' }))),
    memory_bytes: T.Optional(Nullable(T.Integer({ minimum: 6291456, description: 'Null is no limit.' }))),
  },
  { additionalProperties: false },
)

export const Instance = T.Object({
  id: Id,
  organization_id: Id,
  name: T.String(),
  workload_id: Id,
  workload_name: T.String(),
  workload_version: T.Integer({ description: 'The version that this server runs.' }),
  icon: T.String(),
  runtime: T.Union([T.Literal('docker'), T.Literal('process')]),
  node_id: Id,
  node_name: T.String(),
  state: T.Enum(instanceStates),
  state_reason: Nullable(
    T.String({ description: 'Why, in words: what crashed, which port is taken, since when the machine is away.' }),
  ),
  desired_state: T.Union([T.Literal('running'), T.Literal('stopped')]),
  stage: Nullable(T.String({ description: 'What is being done while creating or installing.' })),
  ports: T.Array(InstancePort),
  address: Nullable(T.String({ description: 'host:port of the primary port.' })),
  variables: T.Record(T.String(), T.String(), {
    description: 'By env name; secret ones are masked unless the caller may change the server.',
  }),
  env: T.Record(T.String(), T.String()),
  limits: T.Object({ cpu: Nullable(T.Number()), memory_bytes: Nullable(T.Number()) }),
  container_id: Nullable(T.String()),
  pid: Nullable(T.Integer()),
  started_at: Nullable(Time),
  exit: Nullable(InstanceExit),
  crash_count: T.Integer({ description: 'Crashes in a row; a run that lasts sets it to zero.' }),
  crash_log: Nullable(T.String({ description: 'The last 200 lines before the last crash; only from getInstance.' })),
  restart_needed: T.Boolean({ description: 'Its settings changed since it started.' }),
  usage: Nullable(InstanceUsage),
  rights: T.Array(T.Enum(instancePermissions), { description: 'What the caller may do with this server.' }),
  created_by: Nullable(Id),
  created_at: Time,
  updated_at: Time,
})
export type Instance = Static<typeof Instance>

const PortOverride = T.Object(
  { name: T.String({ maxLength: 31 }), host_port: T.Integer({ minimum: 1, maximum: 65535 }) },
  { additionalProperties: false },
)
const overrides = {
  name: T.Optional(Name),
  ports: T.Optional(T.Array(PortOverride, { maxItems: 30 })),
  env: T.Optional(T.Record(EnvName, T.String({ maxLength: 8192 }), { maxProperties: 200 })),
  variables: T.Optional(T.Record(EnvName, T.String({ maxLength: 4096 }), { maxProperties: 100 })),
  limits: T.Optional(Limits),
}

export const listInstances = {
  method: 'GET',
  url: '/v1/instances',
  auth: 'user',
  permission: 'instances.view',
  schema: {
    operationId: 'listInstances',
    summary: 'List servers',
    tags: ['instances'],
    querystring: T.Object(
      {
        ...PageQuery,
        state: T.Optional(T.Enum(instanceStates)),
        node_id: T.Optional(Id),
        workload_id: T.Optional(Id),
        search: T.Optional(T.String({ maxLength: 100 })),
      },
      { additionalProperties: false },
    ),
    response: { 200: Page(Instance) },
  },
} as const satisfies Operation

export const createInstance = {
  method: 'POST',
  url: '/v1/instances',
  auth: 'user',
  permission: 'instances.create',
  schema: {
    operationId: 'createInstance',
    summary: 'Deploy a server; the work goes on after the answer',
    tags: ['instances'],
    body: T.Object(
      { workload_id: Id, node_id: Id, ...overrides, start: T.Optional(T.Boolean({ default: true })) },
      { additionalProperties: false },
    ),
    response: { 202: Instance, 404: Problem, 409: Problem },
  },
} as const satisfies Operation

export const getInstance = {
  method: 'GET',
  url: '/v1/instances/:id',
  auth: 'user',
  permission: 'instances.view',
  per: 'instance',
  schema: {
    operationId: 'getInstance',
    summary: 'Get a server',
    tags: ['instances'],
    params: IdParams,
    response: { 200: T.Object({ ...Instance.properties, document: CheckedDocument }), 404: Problem },
  },
} as const satisfies Operation

export const updateInstance = {
  method: 'PUT',
  url: '/v1/instances/:id',
  auth: 'user',
  permission: 'instances.update',
  per: 'instance',
  schema: {
    operationId: 'updateInstance',
    summary:
      'Change a server’s name, ports, variables, environment or limits; absent fields stay. Takes effect at its next start',
    tags: ['instances'],
    params: IdParams,
    body: T.Object(
      {
        ...overrides,
        workload_version: T.Optional(T.Literal('latest', { description: 'Move to the workload’s newest version.' })),
      },
      { additionalProperties: false, minProperties: 1 },
    ),
    response: { 200: Instance, 404: Problem, 409: Problem },
  },
} as const satisfies Operation

export const deleteInstance = {
  method: 'DELETE',
  url: '/v1/instances/:id',
  auth: 'user',
  permission: 'instances.delete',
  per: 'instance',
  schema: {
    operationId: 'deleteInstance',
    summary: 'Stop and delete a server; says what becomes of its data',
    tags: ['instances'],
    params: IdParams,
    querystring: T.Object(
      {
        data: T.Union([T.Literal('keep'), T.Literal('delete')], {
          description: 'Keep moves the folder to the machine’s kept data.',
        }),
        force: T.Optional(
          T.Boolean({ description: 'Forget it although its machine is away; nothing is removed there.' }),
        ),
      },
      { additionalProperties: false },
    ),
    response: { 204: T.Null(), 404: Problem, 409: Problem, 503: Problem },
  },
} as const satisfies Operation

const power = <Name extends string>(action: string, operationId: Name, summary: string) =>
  ({
    method: 'POST',
    url: `/v1/instances/:id/${action}`,
    auth: 'user',
    permission: 'instances.power',
    per: 'instance',
    schema: {
      operationId,
      summary,
      tags: ['instances'],
      params: IdParams,
      response: { 202: Instance, 404: Problem, 409: Problem, 503: Problem },
    },
  }) as const satisfies Operation

export const startInstance = power('start', 'startInstance', 'Start')
export const stopInstance = power('stop', 'stopInstance', 'Stop')
export const restartInstance = power('restart', 'restartInstance', 'Restart')
export const killInstance = power('kill', 'killInstance', 'Kill (SIGKILL)')

export const getInstanceStats = {
  method: 'GET',
  url: '/v1/instances/:id/stats',
  auth: 'user',
  permission: 'instances.view',
  per: 'instance',
  schema: {
    operationId: 'getInstanceStats',
    summary: 'Real-time stats, measured now',
    tags: ['instances'],
    params: IdParams,
    response: {
      200: T.Object({ at: Time, state: Instance.properties.state, usage: Nullable(InstanceUsage) }),
      404: Problem,
      503: Problem,
    },
  },
} as const satisfies Operation

export const getInstanceMetricsHistory = {
  method: 'GET',
  url: '/v1/instances/:id/metrics/history',
  auth: 'user',
  permission: 'instances.view',
  per: 'instance',
  schema: {
    operationId: 'getInstanceMetricsHistory',
    summary: 'A server’s metrics over time',
    tags: ['instances'],
    params: IdParams,
    querystring: HistoryQuery,
    response: { 200: InstanceHistory, 404: Problem },
  },
} as const satisfies Operation
