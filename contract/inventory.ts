import { type Static, Type as T } from 'typebox'
import type { Operation } from './operation.ts'
import { Id, IdParams, Nullable, Time } from './page.ts'
import { Problem } from './problem.ts'

/** What a machine is and what goes on there, read by its agent at the moment of asking. `at` is when it was read, by the machine's clock. */

export const SystemInfo = T.Object({
  hostname: T.String(),
  os: T.String({ description: 'Such as Debian GNU/Linux 12.' }),
  kernel: T.String(),
  arch: T.String(),
  virtualization: Nullable(
    T.String({ description: 'Such as kvm or docker; null on bare metal or where it is not known.' }),
  ),
  cpu_model: T.String(),
  cpu_cores: T.Integer(),
  load: T.Array(T.Number(), { description: 'Over 1, 5 and 15 minutes.' }),
  memory_total_bytes: T.Number(),
  memory_available_bytes: T.Number(),
  swap_total_bytes: T.Number(),
  swap_used_bytes: T.Number(),
  booted_at: Time,
  time_zone: T.String(),
  agent_version: T.String(),
  engine_version: Nullable(T.String()),
})

export const NetworkInterface = T.Object({
  name: T.String(),
  mac: Nullable(T.String()),
  addresses: T.Array(T.String({ description: 'With its prefix length: 192.0.2.7/24.' })),
  is_up: T.Boolean(),
  mtu: Nullable(T.Integer()),
  speed_mbps: Nullable(T.Integer()),
  received_bytes: Nullable(T.Number({ description: 'Since the interface came up.' })),
  sent_bytes: Nullable(T.Number()),
})

export const Disk = T.Object({
  device: T.String(),
  mount_point: T.String(),
  file_system: T.String(),
  total_bytes: T.Number(),
  used_bytes: T.Number(),
  available_bytes: T.Number({ description: 'To those who are not root.' }),
  is_read_only: T.Boolean(),
})

export const SystemUser = T.Object({
  name: T.String(),
  uid: T.Integer(),
  gid: T.Integer(),
  home: T.String(),
  shell: T.String(),
  groups: T.Array(T.String()),
  can_log_in: T.Boolean({ description: 'Has a shell that lets one in.' }),
  sessions: T.Integer({ description: 'Logged in now.' }),
})

export const MachineProcess = T.Object({
  pid: T.Integer(),
  parent_pid: T.Integer(),
  started_at: T.String({
    description:
      'As the kernel counts it; with the pid it names one process and never a later one with the same number.',
  }),
  started: Time,
  user: T.String(),
  name: T.String(),
  command: T.String({
    description: 'With its arguments, up to 1,000 characters; those that look like secrets are masked.',
  }),
  state: T.String({ description: 'One letter as ps shows it.' }),
  cpu_percent: T.Number({ description: '100 is one whole core, since the last reading.' }),
  memory_bytes: T.Number({ description: 'Resident.' }),
  threads: T.Integer(),
  instance_id: Nullable(T.String({ description: 'The server that it belongs to.' })),
  is_protected: T.Boolean({ description: 'Ending it would end the agent or the machine; it is refused.' }),
})

export const MachineContainer = T.Object({
  id: T.String(),
  name: T.String(),
  image: T.String(),
  command: T.String(),
  state: T.String({ description: 'As the engine calls it: running, exited, paused, …' }),
  status: T.String({ description: 'In the engine’s words, such as Up 3 hours.' }),
  created_at: Time,
  ports: T.Array(
    T.Object({
      host_address: Nullable(T.String()),
      host_port: Nullable(T.Integer()),
      container_port: T.Integer(),
      protocol: T.String(),
    }),
  ),
  networks: T.Array(T.String()),
  instance_id: Nullable(T.String({ description: 'Ours: started and stopped through its server.' })),
})

const sections = {
  system: SystemInfo,
  network: T.Object({
    interfaces: T.Array(NetworkInterface),
    dns_servers: T.Array(T.String()),
    gateway: Nullable(T.String()),
  }),
  disks: T.Array(Disk),
  users: T.Array(SystemUser),
  processes: T.Array(MachineProcess),
  containers: T.Array(MachineContainer),
} as const
export const inventorySections = ['system', 'network', 'disks', 'users', 'processes', 'containers'] as const
export type InventorySection = (typeof inventorySections)[number]

/** One section's answer, also between agent and control plane. Lists are bounded: the agent says how many there were in all. */
const Answered = {
  system: T.Object({ at: Time, system: sections.system }),
  network: T.Object({ at: Time, network: sections.network }),
  disks: T.Object({ at: Time, disks: sections.disks }),
  users: T.Object({ at: Time, users: sections.users }),
  processes: T.Object({
    at: Time,
    processes: sections.processes,
    total: T.Integer({ description: 'Of which the 2,000 that use most are listed.' }),
  }),
  containers: T.Object({
    at: Time,
    engine: Nullable(T.String({ description: 'Null: no Docker engine answers there.' })),
    containers: sections.containers,
  }),
} as const
export const InventoryAnswers = Answered
export type InventoryAnswer<S extends InventorySection> = Static<(typeof Answered)[S]>
export const Inventory = T.Object({ at: Time, ...sections, engine: Nullable(T.String()), process_total: T.Integer() })
export type Inventory = Static<typeof Inventory>
export type MachineProcess = Static<typeof MachineProcess>
export type MachineContainer = Static<typeof MachineContainer>

const section = <S extends InventorySection>(name: S, operationId: string, summary: string) =>
  ({
    method: 'GET',
    url: `/v1/nodes/:id/inventory/${name}`,
    auth: 'user',
    permission: 'nodes.inventory',
    schema: {
      operationId,
      summary,
      tags: ['inventory'],
      params: IdParams,
      response: { 200: Answered[name] as (typeof Answered)[S], 404: Problem, 503: Problem },
    },
  }) as const satisfies Operation

export const getInventory = {
  method: 'GET',
  url: '/v1/nodes/:id/inventory',
  auth: 'user',
  permission: 'nodes.inventory',
  schema: {
    operationId: 'getInventory',
    summary: 'Full inventory',
    tags: ['inventory'],
    params: IdParams,
    response: { 200: Inventory, 404: Problem, 503: Problem },
  },
} as const satisfies Operation
export const getInventorySystem = section('system', 'getInventorySystem', 'System info')
export const getInventoryNetwork = section('network', 'getInventoryNetwork', 'Network interfaces')
export const getInventoryDisks = section('disks', 'getInventoryDisks', 'Disk info')
export const getInventoryUsers = section('users', 'getInventoryUsers', 'System users')
export const getInventoryProcesses = section('processes', 'getInventoryProcesses', 'Running processes')
export const getInventoryContainers = section('containers', 'getInventoryContainers', 'Docker containers')

export const ProcessKill = T.Object(
  {
    started_at: T.String({
      minLength: 1,
      maxLength: 32,
      pattern: '^[0-9]+$',
      description: 'As the inventory told it.',
    }),
    signal: T.Optional(T.Enum(['SIGTERM', 'SIGKILL'])),
  },
  { additionalProperties: false },
)
export const killProcess = {
  method: 'POST',
  url: '/v1/nodes/:id/processes/:pid/kill',
  auth: 'user',
  permission: 'nodes.processes',
  schema: {
    operationId: 'killProcess',
    summary: 'End a process: asked to with SIGTERM unless told otherwise',
    tags: ['inventory'],
    params: T.Object({ id: Id, pid: T.Integer({ minimum: 2, maximum: 4194304 }) }, { additionalProperties: false }),
    body: ProcessKill,
    response: { 204: T.Null(), 403: Problem, 404: Problem, 409: Problem, 503: Problem },
  },
} as const satisfies Operation

const ContainerParams = T.Object(
  { id: Id, containerId: T.String({ pattern: '^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}$' }) },
  { additionalProperties: false },
)
export const getContainerLogs = {
  method: 'GET',
  url: '/v1/nodes/:id/containers/:containerId/logs',
  auth: 'user',
  permission: 'nodes.containers',
  kind: 'stream',
  schema: {
    operationId: 'getContainerLogs',
    summary: 'Stream logs: the last lines, and with follow what comes after them until the caller leaves',
    tags: ['inventory'],
    params: ContainerParams,
    querystring: T.Object(
      {
        tail: T.Optional(T.Integer({ minimum: 0, maximum: 10000, default: 200, description: 'Lines.' })),
        follow: T.Optional(T.Boolean({ default: false })),
        timestamps: T.Optional(T.Boolean({ default: false })),
      },
      { additionalProperties: false },
    ),
    response: { 404: Problem, 409: Problem, 503: Problem },
  },
} as const satisfies Operation

export const containerActions = ['start', 'stop', 'restart', 'kill'] as const
export type ContainerAction = (typeof containerActions)[number]
const containerAction = (action: ContainerAction, operationId: string, summary: string) =>
  ({
    method: 'POST',
    url: `/v1/nodes/:id/containers/:containerId/${action}`,
    auth: 'user',
    permission: 'nodes.containers',
    schema: {
      operationId,
      summary,
      tags: ['inventory'],
      params: ContainerParams,
      response: { 204: T.Null(), 404: Problem, 409: Problem, 503: Problem },
    },
  }) as const satisfies Operation
export const startContainer = containerAction('start', 'startContainer', 'Start container')
export const stopContainer = containerAction('stop', 'stopContainer', 'Stop container')
export const restartContainer = containerAction('restart', 'restartContainer', 'Restart container')
export const killContainer = containerAction('kill', 'killContainer', 'Kill container')
