import os from 'node:os'
import { stringify } from 'yaml'
import type { Instance } from '#contract/instances'
import type { FleetNode } from '#contract/nodes'
import type { DiagnosticsPart } from '#contract/support'
import type { Clock } from '#server/clock'
import type { Db } from '#server/db/schema'
import type { Seal } from '#server/db/seal'
import type { Caller } from '#server/http/caller'
import { version } from '#server/version'
import { knownSecrets } from './known-secrets.ts'
import { withoutSecrets } from './secrets.ts'
import * as store from './store.ts'

type Page<T> = { items: T[] }
/** What other features tell; they judge what the caller may see. */
export type Sources = {
  listNodes: (caller: Caller, query: { limit: number }) => Promise<Page<FleetNode>>
  listInstances: (caller: Caller, query: { limit: number }) => Promise<Page<Instance>>
  /** The newest lines of the server's log. */
  logLines: () => readonly string[]
}
type Deps = { db: Db; clock: Clock; seal: Seal; startedAt: number; sources: Sources }

const MOST = 200
const MAX_CHARACTERS = 100_000
/** Of the log it is the end that matters, of all else the beginning. */
const cutLog = (text: string) => text.slice(-MAX_CHARACTERS)
const cut = (text: string) => (text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}\n…` : text)

const nodeFields = (node: FleetNode) => ({
  id: node.id,
  name: node.name,
  state: node.state,
  reason: node.state_reason,
  cordoned: node.cordoned,
  draining: node.draining,
  is_local: node.is_local,
  os: node.os,
  platform: node.platform,
  arch: node.arch,
  kernel: node.kernel,
  cpu_cores: node.cpu_cores,
  memory_total_bytes: node.memory_total_bytes,
  disk_total_bytes: node.disk_total_bytes,
  agent_version: node.agent_version,
  engine_version: node.engine_version,
  instances: node.instance_count,
  running: node.running_count,
  last_seen_at: node.last_seen_at,
})

/** Of variables and environment only the names. */
const instanceFields = (instance: Instance) => ({
  id: instance.id,
  name: instance.name,
  workload: instance.workload_name,
  workload_version: instance.workload_version,
  runtime: instance.runtime,
  node: instance.node_name,
  state: instance.state,
  reason: withoutSecrets(
    instance.state_reason ?? '',
    Object.values(instance.env).filter((value) => value.length > 3),
  ),
  desired_state: instance.desired_state,
  stage: instance.stage,
  crash_count: instance.crash_count,
  exit: instance.exit,
  restart_needed: instance.restart_needed,
  ports: instance.ports.map(({ name, host_port, protocol }) => `${name} ${host_port}/${protocol}`),
  limits: instance.limits,
  variables: Object.keys(instance.variables),
  env: Object.keys(instance.env),
  started_at: instance.started_at,
})

/** Whether the caller, and the token that they use, may see the state of the installation itself. */
const isPlatformAdmin = ({ platform_role, permissions }: Caller) =>
  platform_role === 'admin' && permissions.has('platform.admin')

export function createDiagnostics({ db, clock, seal, startedAt, sources }: Deps) {
  const versions = (isAdmin: boolean) =>
    stringify({
      shardlyn: version,
      ...(isAdmin && {
        node: process.version,
        sqlite: process.versions['sqlite'] ?? null,
        electron: process.versions['electron'] ?? null,
      }),
    })

  const system = (caller: Caller, isAdmin: boolean) =>
    stringify({
      time: new Date(clock.now()).toISOString(),
      uptime_seconds: Math.floor((clock.now() - startedAt) / 1000),
      asked_by: { platform_role: caller.platform_role, role: caller.role, credential: caller.credential },
      ...(isAdmin && {
        os: `${os.type()} ${os.release()}`,
        arch: os.arch(),
        cpu_cores: os.availableParallelism(),
        load: os.loadavg(),
        memory_total_bytes: os.totalmem(),
        memory_free_bytes: os.freemem(),
        process_memory_bytes: process.memoryUsage.rss(),
      }),
    })

  /** What the caller may see and send, in the order in which it is shown. */
  return async (caller: Caller): Promise<DiagnosticsPart[]> => {
    const isAdmin = isPlatformAdmin(caller)
    const parts: DiagnosticsPart[] = [
      { name: 'versions', text: versions(isAdmin) },
      { name: 'system', text: system(caller, isAdmin) },
    ]
    if (caller.permissions.has('nodes.view')) {
      const { items } = await sources.listNodes(caller, { limit: MOST })
      parts.push({ name: 'nodes', text: cut(withoutSecrets(stringify(items.map(nodeFields)))) })
    }
    if (caller.permissions.has('instances.view')) {
      const { items } = await sources.listInstances(caller, { limit: MOST })
      parts.push({ name: 'instances', text: cut(withoutSecrets(stringify(items.map(instanceFields)))) })
    }
    if (isAdmin) {
      const known = await knownSecrets(db, seal)
      const jobs = await store.listJobs(db)
      parts.push({ name: 'jobs', text: cut(withoutSecrets(stringify(jobs), known)) })
      parts.push({ name: 'log', text: cutLog(withoutSecrets(sources.logLines().join(''), known)) })
    }
    return parts
  }
}
export type Diagnostics = ReturnType<typeof createDiagnostics>
