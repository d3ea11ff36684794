import path from 'node:path'
import type { InstanceSpec, ObservedInstance, OutboxEvent } from '#contract/agent'
import { createInstanceLog, type InstanceLog } from '#agent/log/instance-log'
import type { LogLimits } from '#agent/log/log-writer'
import type { Outbox } from '#agent/outbox'
import type { Run } from '#agent/runtimes/run'
import type { Part, Place, Runtime } from '#agent/runtimes/runtime'
import type { InstanceFolder } from '#agent/state'
import type { Clock } from './clock.ts'
import { type Failure, keepRecord, newRecord } from './record.ts'
import type { RestartRules } from './restart-policy.ts'

export type Logger = Record<'info' | 'warn' | 'error', (details: object, message: string) => void>

export type InstanceDeps = {
  dataDir: string
  outbox: Outbox
  log: Logger
  clock: Clock
  rules: RestartRules
  logLimits: LogLimits
  runtimeFor: (kind: InstanceSpec['runtime']) => Runtime
  onGone: (id: string) => void
}

export type Phase = 'creating' | 'idle' | 'installing' | 'starting' | 'running' | 'stopping'
export type Removal = { data: 'keep' | 'delete'; done: PromiseWithResolvers<void> }

/** What the parts of one server's life share, and the only place from which its state is told. */
export type Core = ReturnType<typeof createCore>

export function createCore(deps: InstanceDeps, folder: InstanceFolder, spec: InstanceSpec, phase: Phase) {
  const { record, save, remember } = keepRecord(folder.state, newRecord(spec))
  const log = createInstanceLog(folder.log, deps.logLimits)
  const installLog = createInstanceLog(path.join(folder.install, 'log'), deps.logLimits)
  let lastPublished = ''
  let lastPublishedAt = 0

  const core = {
    deps,
    folder,
    log,
    installLog,
    record,
    save,
    remember,
    spec,
    /** The spec that the run was started with. */
    runSpec: spec,
    phase,
    stage: null as string | null,
    percent: null as number | null,
    run: undefined as Run | undefined,
    installRun: undefined as Run | undefined,
    /** While a start is being prepared; aborting it gives it up. */
    starting: undefined as AbortController | undefined,
    killing: false,
    /** The agent is going, and what it was preparing is left for the next one. */
    closing: false,
    removing: undefined as Removal | undefined,

    runtime: () => deps.runtimeFor(core.spec.runtime),
    place(part: Part): Place {
      const own: InstanceLog = part === 'server' ? log : installLog
      const run = part === 'server' ? folder.run : path.join(folder.install, 'run')
      return { part, folder, feed: own.feed, log: own.folder, run }
    },

    observe(): ObservedInstance {
      const status = core.run?.status()
      return {
        id: core.spec.id,
        generation: core.spec.generation,
        running_generation: status?.generation ?? null,
        state: core.phase === 'idle' ? (record.failure ? 'error' : 'stopped') : core.phase,
        power: record.power,
        reason: core.phase === 'idle' ? (record.failure?.reason ?? record.reason) : record.reason,
        stage: core.stage,
        percent: core.percent,
        pid: status?.child?.pid ?? null,
        container_id: status?.container_id ?? null,
        started_at: status?.started_at ?? null,
        exit: record.exit,
        crash_count: record.crash_count,
      }
    },

    /** Tells the control plane what changed, if anything did; resolves once that cannot be lost any more. */
    async publish(activity: OutboxEvent['activity'] = null, crashLog: string | null = null): Promise<void> {
      const instance = core.observe()
      const text = JSON.stringify(instance)
      if (!activity && text === lastPublished) return
      lastPublished = text
      lastPublishedAt = deps.clock.now()
      const at = new Date(deps.clock.now()).toISOString()
      try {
        await deps.outbox.add({ at, instance, activity, crash_log: crashLog })
      } catch (error) {
        core.report(error, 'an event could not be kept')
      }
    },

    progress(stage: string | null, percent: number | null): void {
      const changed = stage !== core.stage
      core.stage = stage
      core.percent = percent
      if (changed || deps.clock.now() - lastPublishedAt > 1000) void core.publish()
    },

    enter(next: Phase): void {
      core.phase = next
      core.stage = null
      core.percent = null
    },

    fail(failure: Failure): void {
      core.enter('idle')
      record.failure = failure
      record.reason = null
    },

    rest(): void {
      core.killing = false
      if (core.phase !== 'idle') core.enter('idle')
      void core.publish()
    },

    forgetCrashes(): void {
      record.crash_count = 0
      record.crashes = []
    },

    report(error: unknown, message: string): void {
      deps.log.error({ err: error, instance: core.spec.id }, message)
    },
  }
  return core
}

export const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
