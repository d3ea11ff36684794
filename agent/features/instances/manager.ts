import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Static } from 'typebox'
import type { ActionRequest, InstanceSpec, ObservedInstance } from '#contract/agent'
import type { InstanceUsage } from '#contract/instances'
import type { NodeCapabilities } from '#contract/nodes'
import { conflict, notFound } from '#agent/errors'
import { defaultLogLimits, type LogLimits } from '#agent/log/log-writer'
import type { Outbox } from '#agent/outbox'
import { startReconciling } from '#agent/reconcile'
import { createDockerRuntime } from '#agent/runtimes/docker/docker-runtime'
import { createProcessRuntime } from '#agent/runtimes/process/process-runtime'
import type { RunStatus } from '#agent/runtimes/supervisor/launch'
import { instanceFolder, readJsonSync, writeJson } from '#agent/state'
import { type Clock, systemClock } from './clock.ts'
import { createDiskUsage } from './disk-usage.ts'
import type { Logger } from './core.ts'
import { createInstance, type Instance } from './instance.ts'
import { createMovedAway } from './moved-away.ts'
import { listListening } from './ports.ts'
import { type InstanceRecord, newRecord } from './record.ts'
import { defaultRules, type RestartRules } from './restart-policy.ts'

export type InstancesOptions = {
  dataDir: string
  nodeId: () => string | null
  outbox: Outbox
  log: Logger
  /** What tests steer. */
  clock?: Clock
  rules?: RestartRules
  logLimits?: LogLimits
  reconcileMs?: number
}

const RECOVERY_MS = 10_000

export type Instances = ReturnType<typeof createInstances>
export type Owner = {
  id: string
  name: string
  runs: Pick<RunStatus, 'supervisor' | 'child' | 'container_id'>[]
}
export type InstanceNow = {
  id: string
  state: ObservedInstance['state']
  usage: Static<typeof InstanceUsage> | null
}

/**
 * The servers of this machine. Await `ready` before saying what runs here: until then servers that went on without an
 * agent are being found again.
 */
export function createInstances(options: InstancesOptions) {
  const { dataDir, nodeId, log, clock = systemClock } = options
  const processes = createProcessRuntime({ dataDir })
  const docker = createDockerRuntime({ nodeId })
  const diskUsage = createDiskUsage()
  const instances = new Map<string, Instance>()
  const movedAway = createMovedAway(path.join(dataDir, 'moved'))
  const deps = {
    dataDir,
    outbox: options.outbox,
    log,
    clock,
    rules: options.rules ?? defaultRules,
    logLimits: options.logLimits ?? defaultLogLimits,
    runtimeFor: (kind: InstanceSpec['runtime']) => (kind === 'docker' ? docker : processes),
    onGone: (id: string) => instances.delete(id),
  }

  fs.mkdirSync(path.join(dataDir, 'instances'), { recursive: true, mode: 0o711 })
  for (const id of fs.readdirSync(path.join(dataDir, 'instances'))) {
    const folder = instanceFolder(dataDir, id)
    const spec = readJsonSync(folder.spec) as InstanceSpec | undefined
    // Half a creation, which nobody was ever told about.
    if (!spec) log.warn({ instance: id }, 'a server folder without a spec is left alone')
    else instances.set(id, createInstance(deps, folder, spec, false))
  }
  const ready = recoverAll()
  const loop = startReconciling(round, (error) => log.error({ err: error }, 'reconciling failed'), options.reconcileMs)

  async function recoverAll() {
    await docker.probe()
    const recovered = Promise.all([...instances.values()].map((instance) => instance.recover()))
    // One supervisor that hangs must not keep the agent from speaking of the others.
    await Promise.race([recovered, sleep(RECOVERY_MS, undefined, { ref: false })])
  }

  async function round() {
    await ready
    await docker.probe()
    for (const instance of instances.values()) instance.tick()
  }

  function get(id: string): Instance {
    const instance = instances.get(id)
    if (!instance) throw notFound('instance_not_found', 'This server is not on this machine.')
    return instance
  }

  async function accept(spec: InstanceSpec, retry: boolean): Promise<Instance> {
    await ready
    const known = instances.get(spec.id)
    if (known) {
      await known.update(spec, retry)
      return known
    }
    if (movedAway.isStale(spec)) {
      throw conflict('moved_away', 'This server has moved to another machine; what came here was on its way for long.')
    }
    const folder = instanceFolder(dataDir, spec.id)
    fs.mkdirSync(folder.root, { recursive: true, mode: 0o711 })
    const instance = createInstance(deps, folder, spec, true)
    instances.set(spec.id, instance)
    await writeJson(folder.spec, spec)
    instance.poke()
    return instance
  }

  function usageOf(instance: Instance): Static<typeof InstanceUsage> | null {
    const now = instance.running()
    const startedAt = now?.run.status().started_at
    const usage = now && deps.runtimeFor(now.spec.runtime).usage(instance.id, now.run, now.spec)
    if (!usage || !startedAt) return null
    const uptime = Math.max(0, Math.floor((clock.now() - Date.parse(startedAt)) / 1000))
    return { ...usage, uptime_seconds: uptime, disk_bytes: diskUsage(instance.folder.data) }
  }

  const now = (instance: Instance): InstanceNow => ({
    id: instance.id,
    state: instance.observe().state,
    usage: usageOf(instance),
  })
  const list = (): ObservedInstance[] => [...instances.values()].map((instance) => instance.observe())

  return {
    /** Resolves once every server that went on without an agent is found again. */
    ready,
    list,
    get,
    /** Holds a spec and works towards it; also tries again what failed with it. */
    async put(spec: InstanceSpec): Promise<ObservedInstance> {
      return (await accept(spec, true)).observe()
    },
    /** Takes over the specs that are newer than ours; answers all servers. */
    async sync(specs: InstanceSpec[]): Promise<ObservedInstance[]> {
      for (const spec of specs) if (instances.has(spec.id) || !movedAway.isStale(spec)) await accept(spec, false)
      return list()
    },
    find: (id: string) => instances.get(id),
    runtimeFor: deps.runtimeFor,
    /**
     * Takes over a server that moves here: its data is in its folder already. It is held by the token from its first moment. Its
     * spec is written last: a folder without one is none of our servers.
     */
    async adopt(spec: InstanceSpec, change: Pick<InstanceRecord, 'hold' | 'install'>): Promise<Instance> {
      await ready
      const folder = instanceFolder(dataDir, spec.id)
      await writeJson(folder.state, { ...newRecord(spec), ...change })
      await writeJson(folder.spec, spec)
      const instance = createInstance(deps, folder, spec, false)
      instances.set(spec.id, instance)
      await instance.recover()
      return instance
    },
    /** A server that runs elsewhere now: only while this token holds it, and what was sent of it before does not bring it back. */
    async removeMoved(id: string, token: string): Promise<void> {
      await ready
      const instance = instances.get(id)
      if (!instance) return
      if (instance.holding.token() !== token) throw conflict('not_held', 'This server is not held by this move.')
      await movedAway.note(instance.spec())
      await instance.remove('delete')
    },
    /** Resolves once the server is stopped and gone, also when it was gone before. */
    async remove(id: string, data: 'keep' | 'delete'): Promise<void> {
      await ready
      await instances.get(id)?.remove(data)
    },
    async act(id: string, request: ActionRequest): Promise<ObservedInstance> {
      await ready
      return get(id).act(request)
    },
    stats: (id: string) => {
      const { state, usage } = now(get(id))
      return { at: new Date(clock.now()).toISOString(), state, usage }
    },
    /** What every server does and uses now, for a heartbeat. */
    usages: (): InstanceNow[] => [...instances.values()].map(now),
    capabilities: (): Static<typeof NodeCapabilities> => ({
      runtimes: docker.version() === null ? ['process'] : ['docker', 'process'],
      process_limits: processes.limits,
    }),
    engineVersion: () => docker.version(),
    listening: listListening,
    /** Servers by id, with the processes that hold and are what runs for them. */
    owners: (): Owner[] =>
      [...instances.values()].map((instance) => ({
        id: instance.id,
        name: instance.name(),
        runs: instance.statuses(),
      })),
    /** Lets go of the servers, which go on. */
    async close(): Promise<void> {
      loop.close()
      await ready
      await Promise.all([...instances.values()].map((instance) => instance.close()))
      docker.close()
      processes.close()
    },
  }
}
