import { type Static, Type as T } from 'typebox'
import { InstanceExit, InstancePort, InstanceUsage } from './instances.ts'
import { Labels, NodeCapabilities, NodeFeatures, NodeUsage } from './nodes.ts'
import type { Operation } from './operation.ts'
import { Id, Nullable, Time } from './page.ts'
import { Problem } from './problem.ts'

/**
 * What the control plane and an agent say to each other. The agent dials out (`openTunnel`); inside that connection
 * it is the HTTP/2 server and the control plane the client, which calls the `agentPaths` below with JSON bodies.
 *
 * History of PROTOCOL_VERSION:
 * 1 (2026-11-23) first version.
 * 2 (2026-11-26) features of the machine in hello and heartbeat; inventory, terminals, SSH, files, moves, updates.
 */
export const PROTOCOL_VERSION = 2

/** `Upgrade: shardlyn-tunnel` asks for a raw byte stream; where a proxy refuses, the same URL answers as a WebSocket. */
export const TUNNEL_UPGRADE = 'shardlyn-tunnel'

/** Timings of the tunnel, in milliseconds. */
export const tunnelTimes = {
  ping: 15_000,
  dead: 45_000,
  backoffMin: 500,
  backoffMax: 30_000,
  steady: 30_000,
  heartbeat: 5_000,
} as const

/** What lies in an agent's data folder and concerns whoever starts it. */
export const agentFiles = {
  /** {pid, start}: who runs now; one at a time. */
  lock: 'agent.lock',
  /** {url, fingerprint?}: where the control plane is, and the public key that it must show. Read again at each attempt to connect. */
  server: 'server.json',
  /** `AgentSettings`: what this machine's owner allows here. The control plane cannot change it. */
  settings: 'agent.json',
  /** A registration token, removed once it is spent. Never on the command line, where every user sees it. */
  token: 'register-token',
  /** {node_id, agent_token}: for its owner's eyes only. */
  identity: 'identity.json',
} as const

/** How an agent ends when there is nothing for it to do. */
export const agentExits = {
  alreadyRunning: 10,
  needsToken: 11,
  tokenRefused: 12,
  updated: 13,
  updateFailed: 14,
} as const

export const registerAgent = {
  method: 'POST',
  url: '/v1/agent/register',
  auth: 'public',
  schema: {
    operationId: 'registerAgent',
    summary: 'A machine joins with a registration token and gets its own token',
    tags: ['agent'],
    body: T.Object(
      {
        token: T.String({ minLength: 1, maxLength: 200 }),
        name: T.Optional(T.String({ minLength: 1, maxLength: 63 })),
        labels: T.Optional(Labels),
        hostname: T.String({ minLength: 1, maxLength: 253 }),
        platform: T.String({ maxLength: 32 }),
        arch: T.String({ maxLength: 32 }),
        agent_version: T.String({ maxLength: 64 }),
        protocol: T.Integer({ minimum: 1 }),
      },
      { additionalProperties: false },
    ),
    response: { 201: T.Object({ node_id: Id, agent_token: T.String() }), 403: Problem, 409: Problem },
  },
} as const satisfies Operation

export const openTunnel = {
  method: 'GET',
  url: '/v1/agent/tunnel',
  auth: 'agent',
  kind: 'socket',
  schema: {
    operationId: 'openTunnel',
    summary: 'The tunnel of an agent (Upgrade: shardlyn-tunnel, or a WebSocket)',
    tags: ['agent'],
    response: {},
  },
} as const satisfies Operation

/** One server as its agent must run it: nothing is left to resolve. */
export const InstanceSpec = T.Object({
  id: Id,
  generation: T.Integer({ description: 'Grows with every change; an older one is ignored.' }),
  name: T.String(),
  runtime: T.Union([T.Literal('docker'), T.Literal('process')]),
  image: Nullable(T.String()),
  command: T.Array(T.String()),
  args: T.Array(T.String()),
  env: T.Record(T.String(), T.String()),
  secret_env: T.Array(T.String(), { description: 'Names whose values are masked in install logs.' }),
  working_dir: Nullable(T.String()),
  user: Nullable(T.String()),
  ports: T.Array(InstancePort),
  volumes: T.Array(T.Object({ name: T.String(), mount_path: T.String(), read_only: T.Boolean() })),
  limits: T.Object({ cpu: Nullable(T.Number()), memory_bytes: Nullable(T.Number()), pids: T.Integer() }),
  restart_policy: T.Union([T.Literal('always'), T.Literal('on-failure'), T.Literal('never')]),
  stop: T.Object({ command: Nullable(T.String()), signal: T.String(), timeout_seconds: T.Integer() }),
  ready: T.Object({
    log: Nullable(T.String()),
    regex: Nullable(T.String()),
    port: Nullable(T.Integer({ description: 'Host port that accepts a TCP connection.' })),
    timeout_seconds: T.Integer(),
  }),
  install: Nullable(T.Object({ image: Nullable(T.String()), entrypoint: T.Array(T.String()), script: T.String() })),
  config_files: T.Array(T.Object({ path: T.String(), content: T.String(), overwrite: T.Boolean() })),
  healthcheck: Nullable(
    T.Object({
      command: T.Array(T.String()),
      interval_seconds: T.Integer(),
      timeout_seconds: T.Integer(),
      retries: T.Integer(),
      start_period_seconds: T.Integer(),
    }),
  ),
  /** What to do the first time this server is seen; afterwards the agent's own power state counts. */
  initial_power: T.Union([T.Literal('running'), T.Literal('stopped')]),
})
export type InstanceSpec = Static<typeof InstanceSpec>

export const powerActions = ['start', 'stop', 'restart', 'kill'] as const
export type PowerAction = (typeof powerActions)[number]

/** `id` makes a repeated delivery harmless; after `deadline` the agent refuses, so that a stale stop does nothing. */
export const ActionRequest = T.Object({
  id: Id,
  action: T.Enum([...powerActions]),
  deadline: Time,
})
export type ActionRequest = Static<typeof ActionRequest>

/** A version that an agent is to become. It fetches `path` from where it knows the control plane to be. */
export const UpdateRequest = T.Object({
  version: T.String(),
  path: T.String(),
  size: T.Integer({ minimum: 1 }),
  sha256: T.String({ pattern: '^[0-9a-f]{64}$' }),
})
export type UpdateRequest = Static<typeof UpdateRequest>

/** What an agent knows of one server. */
export const ObservedInstance = T.Object({
  id: Id,
  generation: T.Integer({ description: 'Of the spec it holds.' }),
  running_generation: Nullable(T.Integer({ description: 'Of the spec that the current run started with.' })),
  state: T.Enum(['creating', 'installing', 'starting', 'running', 'stopping', 'stopped', 'error']),
  power: T.Union([T.Literal('running'), T.Literal('stopped')], { description: 'What the agent works towards.' }),
  reason: Nullable(T.String()),
  stage: Nullable(T.String()),
  percent: Nullable(T.Number()),
  pid: Nullable(T.Integer()),
  container_id: Nullable(T.String()),
  started_at: Nullable(Time),
  exit: Nullable(InstanceExit),
  crash_count: T.Integer(),
})
export type ObservedInstance = Static<typeof ObservedInstance>

export const AgentHello = T.Object({
  agent_version: T.String(),
  protocol: T.Integer(),
  hostname: T.String(),
  platform: T.String(),
  arch: T.String(),
  os: T.String(),
  kernel: T.String(),
  cpu_cores: T.Integer(),
  memory_total_bytes: T.Number(),
  disk_total_bytes: T.Number(),
  engine_version: Nullable(T.String()),
  capabilities: NodeCapabilities,
  features: T.Optional(NodeFeatures),
  addresses: T.Array(T.String(), {
    description: 'Its own non-loopback IP addresses, the likeliest for players first.',
  }),
  instances: T.Array(ObservedInstance),
})
export type AgentHello = Static<typeof AgentHello>

/** Sent every heartbeat; not kept when the control plane is away. */
export const Heartbeat = T.Object({
  type: T.Literal('heartbeat'),
  at: Time,
  usage: NodeUsage,
  disk_total_bytes: T.Number(),
  engine_version: Nullable(T.String()),
  capabilities: NodeCapabilities,
  features: T.Optional(NodeFeatures),
  instances: T.Array(T.Object({ id: Id, state: ObservedInstance.properties.state, usage: Nullable(InstanceUsage) })),
})
export type Heartbeat = Static<typeof Heartbeat>

/**
 * Kept in the agent's outbox, on disk, until acknowledged; `seq` grows by one an event and is the idempotency key.
 * `instance` is the whole of what changed, so that applying the newest is enough. `activity` is worth telling people.
 */
export const OutboxEvent = T.Object({
  type: T.Literal('event'),
  seq: T.Integer({ minimum: 1 }),
  at: Time,
  instance: ObservedInstance,
  activity: Nullable(
    T.Enum([
      'instance.started',
      'instance.ready',
      'instance.stopped',
      'instance.crashed',
      'instance.gave_up',
      'instance.installed',
      'instance.install_failed',
      'instance.start_failed',
    ]),
  ),
  crash_log: Nullable(T.String({ maxLength: 262144, description: 'With a crash: the last 200 lines.' })),
})
export type OutboxEvent = Static<typeof OutboxEvent>
export type AgentMessage = Heartbeat | OutboxEvent

/**
 * The agent's side of the tunnel. Bodies and answers are JSON unless noted; errors are `Problem` with a 4xx or 5xx.
 *
 * hello          POST {node_id, epoch, server_time}            -> AgentHello
 * events         GET  ?after=SEQ                               -> NDJSON of AgentMessage for as long as the session stands
 * acknowledge    POST {seq}                                    -> 204; the outbox forgets up to seq
 * sync           PUT  {instances: InstanceSpec[]}              -> {instances: ObservedInstance[]}; servers not named stay as they are and are answered too
 * instance       GET                                           -> ObservedInstance
 *                PUT  InstanceSpec                             -> ObservedInstance
 *                DELETE ?data=keep|delete                      -> 204 once it is stopped and gone
 * action         POST ActionRequest                            -> 202 ObservedInstance; 409 `expired` or `not_possible`
 * stats          GET                                           -> {at, state, usage}
 * console        GET  ?from=OFFSET | ?tail=BYTES               -> raw bytes without end; headers x-offset (first byte), x-oldest, x-newest.
 *                                                                 Ends when the reader fell behind the kept log; ask again.
 * input          POST raw bytes                                -> 204; 409 `not_running`
 * resize         POST {cols, rows}                             -> 204
 * logHistory     GET  ?before&after&search&limit               -> as getLogHistory
 * logDownload    GET                                           -> raw bytes
 * logClear       DELETE                                        -> 204
 * installLog     GET  ?from                                    -> as getInstallLogs
 * listening      GET                                           -> {ports: [{port, protocol, process: string|null}]}
 *
 * inventory      GET  ?section                                 -> `Inventory`, or one section of it (contract/inventory.ts)
 * processKill    POST {started_at, signal}                     -> {name}; 409 `process_gone` when the number is another's now, 409 `process_managed`
 *                                                                 for a server's, 403 `process_protected`
 * containerLogs  GET  ?tail&follow&timestamps                  -> text lines, with follow until the container ends; 503 `no_engine`
 * containerAction POST {action}                                -> {name}; 409 `container_managed` for one that is a server's
 * terminals      POST {cols, rows}                             -> TerminalBegun; 403 `terminal_disabled`
 * terminal       GET  ?from                                    -> as console, ends with the shell; x-ended: TerminalOver, once it has
 *                DELETE                                        -> 204
 * terminalAck    POST {offset}                                 -> 204; what was printed before need not be kept any more
 * terminalInput  POST ?at=OFFSET, raw bytes                    -> 204; at: of the first of them among all that was typed. Parts
 *                                                                 that come again are not typed again.
 * terminalResize POST {cols, rows}                             -> 204
 * sshTrust       PUT  `SshTrust`                               -> `NodeSsh`; checked before it is put in place; 409 `ssh_unmanaged`
 * files          GET  ?path                                   -> `HostFileList`; without a path what is allowed
 * fileContent    GET  ?path                                    -> `HostFileContent`
 *                PUT  ?path&version|new raw bytes              -> `HostFileContent` without the content
 * fileDownload   GET  ?path&range&if_range                     -> raw bytes; 200, 206 or 416 as HTTP has it; etag
 * fileUpload     PUT  ?path&key&size&offset&overwrite raw bytes -> {offset}; `key` tells whose upload it is
 *                GET  ?path&key                                -> {offset}
 *                DELETE ?path&key                              -> 204
 * transfer       contract/transfer.ts
 * update         POST UpdateRequest                            -> 202 NodeUpdate; goes on in `NodeFeatures.update`; the agent ends and the next version starts
 * metrics        GET                                           -> Prometheus text
 */
export const agentPaths = {
  hello: '/hello',
  events: '/events',
  acknowledge: '/events/ack',
  sync: '/instances',
  instance: '/instances/:id',
  action: '/instances/:id/action',
  stats: '/instances/:id/stats',
  console: '/instances/:id/console',
  input: '/instances/:id/input',
  resize: '/instances/:id/resize',
  logHistory: '/instances/:id/log/history',
  logDownload: '/instances/:id/log/download',
  logClear: '/instances/:id/log',
  installLog: '/instances/:id/install-log',
  listening: '/ports/listening',
  inventory: '/inventory',
  processKill: '/processes/:pid/kill',
  containerLogs: '/containers/:containerId/logs',
  containerAction: '/containers/:containerId/action',
  terminals: '/terminals',
  terminal: '/terminals/:id',
  terminalAck: '/terminals/:id/ack',
  terminalInput: '/terminals/:id/input',
  terminalResize: '/terminals/:id/resize',
  sshTrust: '/ssh/trust',
  files: '/files',
  fileContent: '/files/content',
  fileDownload: '/files/download',
  fileUpload: '/files/upload',
  exportBegin: '/instances/:id/export',
  exportManifest: '/instances/:id/export/manifest',
  exportFile: '/instances/:id/export/file',
  exportFiles: '/instances/:id/export/files',
  importBegin: '/instances/:id/import',
  importFile: '/instances/:id/import/file',
  importFiles: '/instances/:id/import/files',
  importFinish: '/instances/:id/import/finish',
  update: '/update',
  metrics: '/metrics',
} as const

/** What the CONNECT method of HTTP/2 may ask for, as `:authority`: the machine's own sshd, on the port that its owner set. Nothing else. */
export const CONNECT_SSHD = 'sshd'
