import { type Static, Type as T } from 'typebox'
import { HistoryQuery, NodeHistory } from './metrics.ts'
import type { Operation } from './operation.ts'
import { Id, IdParams, Nullable, Page, PageQuery, Time } from './page.ts'
import { Problem } from './problem.ts'

const Name = T.String({
  minLength: 1,
  maxLength: 63,
  pattern: '^[^\\x00-\\x1f\\x7f]*[^\\s\\x00-\\x1f\\x7f][^\\x00-\\x1f\\x7f]*$',
})
export const Labels = T.Record(
  T.String({ pattern: '^[a-z0-9]([a-z0-9._/-]{0,61}[a-z0-9])?$' }),
  T.String({ maxLength: 63, pattern: '^[^\\x00-\\x1f\\x7f]*$' }),
  { maxProperties: 32 },
)
const PortRange = T.Object(
  { start: T.Integer({ minimum: 1024, maximum: 65535 }), end: T.Integer({ minimum: 1024, maximum: 65535 }) },
  { additionalProperties: false },
)

export const nodeStates = ['healthy', 'unhealthy', 'offline'] as const

/** What a machine is doing now, as of its last heartbeat. */
export const NodeUsage = T.Object({
  cpu_percent: T.Number({ description: '0 to 100, of all cores together.' }),
  memory_bytes: T.Number(),
  disk_bytes: T.Number({ description: 'Used on the file system that holds the servers.' }),
  network_in_bytes_per_second: T.Number(),
  network_out_bytes_per_second: T.Number(),
  load_1m: T.Number(),
})
export type NodeUsage = Static<typeof NodeUsage>

/** What a machine can do. A limit that is false is not enforced there, and the dashboard says so. */
export const NodeCapabilities = T.Object({
  runtimes: T.Array(T.Union([T.Literal('docker'), T.Literal('process')])),
  process_limits: T.Object({ memory: T.Boolean(), cpu: T.Boolean(), pids: T.Boolean() }),
})

/** How a machine's sshd stands, as its agent reads it there. */
export const NodeSsh = T.Object({
  port: T.Integer(),
  host_keys: T.Array(T.String(), { description: 'Public host keys in OpenSSH format.' }),
  is_managed: T.Boolean({
    description: 'Its owner lets Shardlyn keep the trusted CA keys, the revocation list and the principals.',
  }),
  trusts_ca: T.Boolean({ description: 'The CA keys that were sent last are in place.' }),
  ca_fingerprints: T.Optional(T.Array(T.String(), { description: 'Of the CA keys that sshd trusts there.' })),
  krl_version: Nullable(
    T.Integer({ description: 'Of the revocation list that sshd reads; null when it is missing or broken.' }),
  ),
  problem: Nullable(T.String({ description: 'What keeps certificates from working there, in words.' })),
})
export type NodeSsh = Static<typeof NodeSsh>

/** How an agent's change to another version goes. Absent when none was asked for since it started. `at` is when that was; `failed` stays until the next attempt. */
export const NodeUpdate = T.Object({
  version: T.String(),
  at: Time,
  state: T.Enum(['downloading', 'checking', 'restarting', 'failed']),
  reason: Nullable(T.String({ description: 'Why it failed, in words.' })),
})
export type NodeUpdate = Static<typeof NodeUpdate>

/** What a machine's owner allows there, and how its agent is kept. Told by the agent; the control plane cannot change it. */
export const NodeFeatures = T.Object({
  terminal: T.Boolean(),
  host_files: Nullable(
    T.Object({
      paths: T.Array(T.String(), { description: 'Absolute; what is below them.' }),
      is_writable: T.Boolean(),
    }),
  ),
  ssh: Nullable(NodeSsh),
  service: T.Enum(['systemd', 'supervised', 'none'], { description: 'What starts the agent again when it ends.' }),
  is_updatable: T.Boolean({ description: 'Its agent takes new versions from the control plane.' }),
  update: T.Optional(Nullable(NodeUpdate)),
})
export type NodeFeatures = Static<typeof NodeFeatures>

export const FleetNode = T.Object({
  id: Id,
  organization_id: Id,
  name: T.String(),
  state: T.Enum(nodeStates),
  state_reason: Nullable(T.String({ description: 'Why it is not healthy, in words.' })),
  cordoned: T.Boolean(),
  draining: T.Boolean(),
  is_local: T.Boolean({ description: 'The machine that runs this control plane.' }),
  labels: T.Record(T.String(), T.String()),
  address: Nullable(T.String({ description: 'Where players reach it: a host name or an IP address.' })),
  port_range: T.Object({ start: T.Integer(), end: T.Integer() }),
  hostname: Nullable(T.String()),
  platform: Nullable(T.String({ description: 'linux, darwin or win32.' })),
  arch: Nullable(T.String()),
  os: Nullable(T.String({ description: 'Such as Debian GNU/Linux 12.' })),
  kernel: Nullable(T.String()),
  cpu_cores: Nullable(T.Integer()),
  memory_total_bytes: Nullable(T.Number()),
  disk_total_bytes: Nullable(T.Number()),
  agent_version: Nullable(T.String()),
  engine_version: Nullable(T.String({ description: 'The Docker engine; null where none answers.' })),
  capabilities: NodeCapabilities,
  features: NodeFeatures,
  records_terminals: T.Boolean({ description: 'What happens in terminals there is kept.' }),
  update_available: Nullable(T.String({ description: 'The version that its agent can take.' })),
  usage: Nullable(NodeUsage),
  instance_count: T.Integer(),
  running_count: T.Integer(),
  last_seen_at: Nullable(Time),
  created_at: Time,
})
export type FleetNode = Static<typeof FleetNode>

export const listNodes = {
  method: 'GET',
  url: '/v1/nodes',
  auth: 'user',
  permission: 'nodes.view',
  schema: {
    operationId: 'listNodes',
    summary: 'List machines',
    tags: ['nodes'],
    querystring: T.Object(
      {
        ...PageQuery,
        state: T.Optional(T.Enum(nodeStates)),
        search: T.Optional(T.String({ maxLength: 100 })),
      },
      { additionalProperties: false },
    ),
    response: { 200: Page(FleetNode) },
  },
} as const satisfies Operation

export const getNode = {
  method: 'GET',
  url: '/v1/nodes/:id',
  auth: 'user',
  permission: 'nodes.view',
  schema: {
    operationId: 'getNode',
    summary: 'Get a machine',
    tags: ['nodes'],
    params: IdParams,
    response: { 200: FleetNode, 404: Problem },
  },
} as const satisfies Operation

export const updateNode = {
  method: 'PUT',
  url: '/v1/nodes/:id',
  auth: 'user',
  permission: 'nodes.update',
  schema: {
    operationId: 'updateNode',
    summary: 'Change a machine’s name, labels, address or ports; absent fields stay',
    tags: ['nodes'],
    params: IdParams,
    body: T.Object(
      {
        name: T.Optional(Name),
        labels: T.Optional(Labels),
        address: T.Optional(Nullable(T.String({ minLength: 1, maxLength: 253, pattern: '^[A-Za-z0-9.:-]+$' }))),
        port_range: T.Optional(PortRange),
        records_terminals: T.Optional(T.Boolean()),
      },
      { additionalProperties: false, minProperties: 1 },
    ),
    response: { 200: FleetNode, 404: Problem, 409: Problem },
  },
} as const satisfies Operation

export const deleteNode = {
  method: 'DELETE',
  url: '/v1/nodes/:id',
  auth: 'user',
  permission: 'nodes.delete',
  schema: {
    operationId: 'deleteNode',
    summary: 'Forget a machine; refused while it has servers',
    tags: ['nodes'],
    params: IdParams,
    response: { 204: T.Null(), 404: Problem, 409: Problem },
  },
} as const satisfies Operation

export const createRegisterToken = {
  method: 'POST',
  url: '/v1/nodes/register-token',
  auth: 'user',
  permission: 'nodes.create',
  schema: {
    operationId: 'createRegisterToken',
    summary: 'Make a token with which one machine joins',
    tags: ['nodes'],
    body: Nullable(
      T.Object(
        {
          name: T.Optional(Name),
          labels: T.Optional(Labels),
          expires_in: T.Optional(
            T.Integer({ minimum: 60, maximum: 604800, description: 'Seconds; an hour if absent.' }),
          ),
        },
        { additionalProperties: false },
      ),
    ),
    response: {
      201: T.Object({
        token: T.String(),
        expires_at: Time,
        node_id: T.String({ format: 'uuid', description: 'The machine’s id, once it has joined with this token.' }),
      }),
    },
  },
} as const satisfies Operation

export const getNodeMetricsHistory = {
  method: 'GET',
  url: '/v1/nodes/:id/metrics/history',
  auth: 'user',
  permission: 'nodes.view',
  schema: {
    operationId: 'getNodeMetricsHistory',
    summary: 'A machine’s metrics over time',
    tags: ['nodes'],
    params: IdParams,
    querystring: HistoryQuery,
    response: { 200: NodeHistory, 404: Problem },
  },
} as const satisfies Operation
