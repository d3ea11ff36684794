import path from 'node:path'
import type { InstanceSpec } from '#contract/agent'
import type { Run, RunEnd } from '#agent/runtimes/run'
import { readLaunch } from '#agent/runtimes/runs'
import { writeJson } from '#agent/state'
import { type Core, messageOf } from './core.ts'
import { makeFolders, writeConfigFiles } from './folders.ts'
import { requireFreePorts } from './ports.ts'
import { waitUntilReady } from './readiness.ts'
import type { Worker } from './worker.ts'

/** From stopped to running. */
export function createStarting(core: Core, worker: Worker, onEnded: (end: RunEnd) => Promise<void>) {
  const { deps, record, folder, log } = core
  const { clock } = deps
  let watching: AbortController | undefined

  async function start() {
    const { spec } = core
    const aborter = new AbortController()
    core.starting = aborter
    try {
      // A start that failed before is tried in silence until it gets further.
      if (record.failure?.kind !== 'start') show()
      await requireFreePorts(spec.ports)
      await makeFolders(spec, folder)
      await writeConfigFiles(spec, folder)
      await writeJson(path.join(folder.root, 'running.json'), spec)
      show()
      log.note('Starting.', undefined)
      const { logLimits } = deps
      const { signal } = aborter
      const run = await core
        .runtime()
        .start({ ...core.place('server'), spec, logLimits, progress: core.progress, signal })
      Object.assign(record, { start_failures: 0, retry_at: null, failure: null, reason: null, stopping: null })
      hold(run, spec)
      await core.publish('instance.started')
      watch(run)
    } catch (error) {
      record.ended_run = Math.max(record.ended_run, readLaunch(folder.run)?.run ?? 0)
      if (aborter.signal.aborted) core.rest()
      else await failed(messageOf(error))
    } finally {
      core.starting = undefined
    }
  }

  function show() {
    if (core.phase !== 'starting') core.enter('starting')
    record.reason = null
    void core.publish()
  }

  async function failed(reason: string) {
    const isNews = record.failure?.kind !== 'start' || record.failure.reason !== reason
    core.fail({ kind: 'start', reason })
    record.restart_run = null
    if (core.spec.restart_policy === 'never') record.power = 'stopped'
    else {
      const { backoffMs } = deps.rules
      record.retry_at = clock.now() + (backoffMs[Math.min(record.start_failures, backoffMs.length - 1)] ?? 0)
      record.start_failures += 1
    }
    if (isNews) {
      log.note(`Could not start: ${reason}`, undefined)
      deps.log.warn({ instance: core.spec.id, reason }, 'a server could not be started')
      await core.publish('instance.start_failed')
    }
    worker.poke()
  }

  /** Takes a run as ours: one that was just started, or one that went on while no agent was looking. */
  function hold(run: Run, spec: InstanceSpec) {
    core.run = run
    core.runSpec = spec
    run.ended.then(
      (end) => worker.add(() => onEnded(end)),
      (error: unknown) => core.report(error, 'a supervisor was lost'),
    )
    core.enter(record.ready_run === run.number ? 'running' : 'starting')
    // The first question begins the measuring.
    deps.runtimeFor(spec.runtime).usage(spec.id, run, spec)
  }

  function watch(run: Run) {
    watching?.abort()
    if (record.ready_run === run.number) return
    const { ready } = core.runSpec
    const { log_start: from, started_at: startedAt } = run.status()
    const remaining = Date.parse(startedAt ?? '') + ready.timeout_seconds * 1000 - clock.now()
    watching = new AbortController()
    waitUntilReady(ready, log, from, remaining, clock, watching.signal).then(
      (answer) => {
        if (core.run !== run || answer === 'ended') return
        record.ready_run = run.number
        if (core.phase === 'starting') core.enter('running')
        if (answer === 'timeout') {
          record.reason = `It did not say that it is ready within ${ready.timeout_seconds} seconds.`
        }
        void core.publish('instance.ready')
        worker.poke()
      },
      (error: unknown) => core.report(error, 'cannot tell when a server is ready'),
    )
  }

  return {
    start,
    /** Goes on with a run, perhaps under a new supervisor, that was started before. */
    goOn(run: Run): void {
      if (run.replaces !== undefined) {
        for (const key of ['ready_run', 'restart_run', 'typed_stop_run'] as const) {
          if (record[key] === run.replaces) record[key] = run.number
        }
        if (record.stopping?.run === run.replaces) record.stopping.run = run.number
      }
      hold(run, core.runSpec)
      watch(run)
    },
    /** Nobody waits for this run to be ready any more. */
    endWatch: () => watching?.abort(),
  }
}
