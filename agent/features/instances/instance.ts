import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ActionRequest, InstanceSpec, ObservedInstance, OutboxEvent } from '#contract/agent'
import { conflict } from '#agent/errors'
import { createInstanceLog } from '#agent/log/instance-log'
import type { LogLimits } from '#agent/log/log-writer'
import type { Outbox } from '#agent/outbox'
import type { Run, RunEnd } from '#agent/runtimes/run'
import { readLaunch } from '#agent/runtimes/runs'
import type { Part, Place, Runtime } from '#agent/runtimes/runtime'
import { type InstanceFolder, readJsonSync, writeJson } from '#agent/state'
import type { Clock } from './clock.ts'
import { makeFolders, removeFolders, writeConfigFiles } from './folders.ts'
import { requireFreePorts } from './ports.ts'
import { waitUntilReady } from './readiness.ts'
import { keepRecord, newRecord, type Failure } from './record.ts'
import { afterEnd, describeEnd, type RestartRules } from './restart-policy.ts'
import { followTyping } from './typed-line.ts'

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

type Phase = 'creating' | 'idle' | 'installing' | 'starting' | 'running' | 'stopping'
export type Instance = ReturnType<typeof createInstance>

/** The last words of a server that are kept with its crash. */
const CRASH_LINES = 200
const CRASH_CHARACTERS = 262_144

/**
 * One server on this machine. What is wanted is its record, on disk; a single worker takes one step after another
 * towards it, and is poked whenever something happened. Actions only change what is wanted; a kill also acts at once.
 */
export function createInstance(deps: InstanceDeps, folder: InstanceFolder, firstSpec: InstanceSpec, isNew: boolean) {
  const { clock } = deps
  let spec = firstSpec
  const { record, save, remember } = keepRecord(folder.state, newRecord(spec))
  const log = createInstanceLog(folder.log, deps.logLimits)
  const installLog = createInstanceLog(path.join(folder.install, 'log'), deps.logLimits)
  let phase: Phase = isNew ? 'creating' : 'idle'
  let stage: string | null = null
  let percent: number | null = null

  let run: Run | undefined
  /** The spec that the run was started with. */
  let runSpec = spec
  let installRun: Run | undefined
  let starting: AbortController | undefined
  let watching: AbortController | undefined
  let stopSent = 0
  let killing = false
  let cancelStopTimer = () => {}
  let cancelRetry = () => {}
  let removing: { data: 'keep' | 'delete'; done: PromiseWithResolvers<void> } | undefined
  let closed = false

  const endings: (() => Promise<void>)[] = []
  let poked = false
  let worker: Promise<void> | undefined
  let lastPublished = ''
  let lastPublishedAt = 0

  const place = (part: Part): Place => {
    const own = part === 'server' ? log : installLog
    return {
      part,
      folder,
      feed: own.feed,
      log: own.folder,
      run: part === 'server' ? folder.run : path.join(folder.install, 'run'),
    }
  }

  // ---- What others see ----

  function observe(): ObservedInstance {
    const status = run?.status()
    return {
      id: spec.id,
      generation: spec.generation,
      running_generation: status?.generation ?? null,
      state: phase === 'idle' ? (record.failure ? 'error' : 'stopped') : phase,
      power: record.power,
      reason: phase === 'idle' ? (record.failure?.reason ?? record.reason) : record.reason,
      stage,
      percent,
      pid: status?.child?.pid ?? null,
      container_id: status?.container_id ?? null,
      started_at: status?.started_at ?? null,
      exit: record.exit,
      crash_count: record.crash_count,
    }
  }

  /** Tells the control plane what changed, if anything did. */
  function publish(activity: OutboxEvent['activity'] = null, crashLog: string | null = null) {
    const instance = observe()
    const text = JSON.stringify(instance)
    if (!activity && text === lastPublished) return
    lastPublished = text
    lastPublishedAt = clock.now()
    const at = new Date(clock.now()).toISOString()
    deps.outbox
      .add({ at, instance, activity, crash_log: crashLog })
      .catch((error: unknown) => deps.log.error({ err: error, instance: spec.id }, 'an event could not be kept'))
  }

  function progress(nextStage: string | null, nextPercent: number | null) {
    const changed = nextStage !== stage
    stage = nextStage
    percent = nextPercent
    if (changed || clock.now() - lastPublishedAt > 1000) publish()
  }

  function enter(next: Phase) {
    phase = next
    stage = null
    percent = null
  }

  // ---- The worker ----

  function poke() {
    poked = true
    worker ??= work().finally(() => (worker = undefined))
  }

  async function work() {
    while (poked && !closed) {
      poked = false
      try {
        for (let ending = endings.shift(); ending; ending = endings.shift()) await ending()
        await step()
      } catch (error) {
        deps.log.error({ err: error, instance: spec.id }, 'a step towards the wanted state failed')
        await sleep(1000)
      }
    }
  }

  async function step() {
    // Nothing is done that is not on the disk as wanted.
    await save()
    if (installRun) return
    if (run) return mustStop(run) ? stop(run) : undefined
    if (removing) return finishRemoval(removing)
    if (record.install === 'needed') return install()
    if (record.install === 'failed' || record.power === 'stopped') return rest()
    const wait = (record.retry_at ?? 0) - clock.now()
    if (wait <= 0) return start()
    rest()
    cancelRetry()
    cancelRetry = clock.after(wait, poke)
  }

  function rest() {
    killing = false
    if (phase !== 'idle') enter('idle')
    publish()
  }

  // ---- Starting ----

  async function start() {
    const mine = spec
    const runtime = deps.runtimeFor(mine.runtime)
    const aborter = new AbortController()
    starting = aborter
    try {
      // A start that failed before is tried in silence until it gets further.
      if (record.failure?.kind !== 'start') showStarting()
      await requireFreePorts(mine.ports)
      await makeFolders(mine, folder)
      writeConfigFiles(mine, folder)
      await writeJson(path.join(folder.root, 'running.json'), mine)
      showStarting()
      log.note('Starting.', undefined)
      const started = await runtime.start({
        ...place('server'),
        spec: mine,
        logLimits: deps.logLimits,
        progress,
        signal: aborter.signal,
      })
      Object.assign(record, { start_failures: 0, retry_at: null, failure: null, reason: null, stopping: null })
      hold(started, mine)
      publish('instance.started')
      watchReadiness(started)
    } catch (error) {
      record.ended_run = Math.max(record.ended_run, readLaunch(folder.run)?.run ?? 0)
      if (aborter.signal.aborted) return rest()
      startFailed(error)
    } finally {
      starting = undefined
    }
  }

  function showStarting() {
    if (phase === 'starting') return
    enter('starting')
    record.reason = null
    publish()
  }

  function startFailed(error: unknown) {
    const reason = error instanceof Error ? error.message : String(error)
    const isNews = record.failure?.kind !== 'start' || record.failure.reason !== reason
    fail({ kind: 'start', reason })
    if (spec.restart_policy === 'never') record.power = 'stopped'
    else {
      const { backoffMs } = deps.rules
      record.retry_at = clock.now() + (backoffMs[Math.min(record.start_failures, backoffMs.length - 1)] ?? 0)
      record.start_failures += 1
    }
    record.restart_run = null
    if (isNews) {
      log.note(`Could not start: ${reason}`, undefined)
      deps.log.warn({ instance: spec.id, reason }, 'a server could not be started')
      publish('instance.start_failed')
    }
    poke()
  }

  function fail(failure: Failure) {
    enter('idle')
    record.failure = failure
    record.reason = null
  }

  /** Takes a run as ours: one that was just started, or one that went on while no agent was looking. */
  function hold(held: Run, heldSpec: InstanceSpec) {
    run = held
    runSpec = heldSpec
    held.ended.then(
      (end) => {
        endings.push(() => serverEnded(end))
        poke()
      },
      (error: unknown) => deps.log.error({ err: error, instance: spec.id }, 'a supervisor was lost'),
    )
    enter(record.ready_run === held.number ? 'running' : 'starting')
  }

  function watchReadiness(held: Run) {
    if (record.ready_run === held.number) return
    const { log_start: from, started_at: startedAt } = held.status()
    const remaining = Date.parse(startedAt ?? '') + runSpec.ready.timeout_seconds * 1000 - clock.now()
    watching = new AbortController()
    waitUntilReady(runSpec.ready, log, from, remaining, clock, watching.signal).then(
      (answer) => {
        if (run !== held || answer === 'ended') return
        record.ready_run = held.number
        if (phase === 'starting') enter('running')
        if (answer === 'timeout') {
          record.reason = `It did not say that it is ready within ${runSpec.ready.timeout_seconds} seconds.`
        }
        publish('instance.ready')
        poke()
      },
      (error: unknown) => deps.log.error({ err: error, instance: spec.id }, 'cannot tell when a server is ready'),
    )
  }

  // ---- Stopping and ending ----

  const mustStop = (held: Run) =>
    removing !== undefined ||
    record.power === 'stopped' ||
    record.restart_run === held.number ||
    record.stopping?.run === held.number

  async function stop(held: Run) {
    if (stopSent === held.number) return
    if (record.stopping?.run !== held.number) record.stopping = { run: held.number, at: clock.now() }
    const { at } = record.stopping
    await save()
    stopSent = held.number
    enter('stopping')
    record.reason = null
    publish()
    const { command, signal, timeout_seconds: seconds } = runSpec.stop
    if (killing) held.kill()
    else if (command) held.input(Buffer.from(`${command}\r`))
    else held.signal(signal)
    cancelStopTimer = clock.after(at + seconds * 1000 - clock.now(), () => {
      held.note(`It did not stop within ${seconds} seconds and is killed.`)
      held.kill()
    })
  }

  async function serverEnded(end: RunEnd) {
    if (end.lost === 'supervisor') {
      const went = await deps.runtimeFor(runSpec.runtime).recover(place('server'), runSpec)
      if (went && 'status' in went) return goOn(went)
      return runEnded(went ?? end)
    }
    return runEnded(end)
  }

  /** Holds a run whose supervisor was replaced while the server went on. */
  function goOn(held: Run) {
    for (const key of ['ready_run', 'restart_run', 'typed_stop_run'] as const) {
      if (record[key] === held.replaces) record[key] = held.number
    }
    if (record.stopping && record.stopping.run === held.replaces) record.stopping.run = held.number
    watching?.abort()
    hold(held, runSpec)
    watchReadiness(held)
  }

  async function runEnded(end: RunEnd) {
    const startedAt = run?.status().started_at
    cancelStopTimer()
    watching?.abort()
    run = undefined
    killing = false
    await deps.runtimeFor(runSpec.runtime).cleanUp(place('server'))
    const { code, signal, oom, at } = end
    record.exit = { code, signal, oom, at }
    record.ended_run = end.run
    const again = record.restart_run === end.run
    const typed = record.typed_stop_run === end.run && code === 0
    const requested = record.stopping?.run === end.run
    record.restart_run = null
    record.stopping = null
    if (startedAt && Date.parse(at) - Date.parse(startedAt) >= deps.rules.windowMs) forgetCrashes()
    enter('idle')
    if (again) return publish('instance.stopped')

    const verdict = afterEnd(
      {
        end,
        spec: runSpec,
        requested: requested || typed,
        crashes: record.crashes,
        crashCount: record.crash_count,
        now: clock.now(),
      },
      deps.rules,
    )
    if (verdict.kind === 'stopped') {
      record.power = requested ? record.power : 'stopped'
      record.reason = verdict.reason
      await save()
      return publish('instance.stopped')
    }
    record.crash_count = verdict.crashCount
    record.crashes = verdict.crashes
    log.note(verdict.reason, undefined)
    if (verdict.kind === 'again') {
      record.retry_at = clock.now() + verdict.delayMs
      fail({ kind: 'crash', reason: verdict.reason })
    } else {
      record.power = 'stopped'
      fail({ kind: verdict.gaveUp ? 'gave_up' : 'crash', reason: verdict.reason })
    }
    await save()
    const crashLog = await lastLines()
    if (verdict.kind === 'again') {
      publish(verdict.crashed ? 'instance.crashed' : 'instance.stopped', verdict.crashed ? crashLog : null)
    } else {
      publish('instance.crashed', crashLog)
      if (verdict.gaveUp) publish('instance.gave_up')
    }
  }

  async function lastLines(): Promise<string> {
    const { items } = await log.history({ limit: CRASH_LINES })
    return items
      .map((line) => line.text)
      .join('\n')
      .slice(-CRASH_CHARACTERS)
  }

  function forgetCrashes() {
    record.crash_count = 0
    record.crashes = []
  }

  // ---- Installing ----

  async function install() {
    enter('installing')
    record.failure = null
    record.reason = null
    publish()
    const aborter = new AbortController()
    starting = aborter
    try {
      await makeFolders(spec, folder)
      await installLog.clear(undefined)
      const runtime = deps.runtimeFor(spec.runtime)
      record.install = 'running'
      await save()
      const started = await runtime.start({
        ...place('install'),
        spec,
        logLimits: deps.logLimits,
        progress,
        signal: aborter.signal,
      })
      runSpec = spec
      holdInstall(started)
    } catch (error) {
      record.ended_install = Math.max(record.ended_install, readLaunch(place('install').run)?.run ?? 0)
      installFailed(
        aborter.signal.aborted
          ? 'The installation was stopped.'
          : error instanceof Error
            ? error.message
            : String(error),
      )
    } finally {
      starting = undefined
    }
  }

  function holdInstall(held: Run) {
    installRun = held
    enter('installing')
    progress('Running the install script', null)
    held.ended.then(
      (end) => {
        endings.push(() => installEnded(end))
        poke()
      },
      (error: unknown) => deps.log.error({ err: error, instance: spec.id }, 'a supervisor was lost'),
    )
  }

  async function installEnded(end: RunEnd) {
    const stopped = killing
    installRun = undefined
    killing = false
    await deps.runtimeFor(spec.runtime).cleanUp(place('install'))
    record.ended_install = end.run
    enter('idle')
    if (end.code === 0) {
      record.install = 'done'
      await save()
      publish('instance.installed')
    } else if (end.lost === 'machine') record.install = 'needed'
    else if (stopped) installFailed('The installation was stopped.')
    else {
      const { items } = await installLog.history({ limit: 5 })
      const tail = items
        .map((line) => line.text)
        .join('\n')
        .slice(-1000)
      installFailed(`The installation failed. ${describeEnd(end, spec.limits.memory_bytes)}${tail && `\n${tail}`}`)
    }
  }

  function installFailed(reason: string) {
    record.install = 'failed'
    fail({ kind: 'install', reason })
    publish('instance.install_failed')
    poke()
  }

  async function finishRemoval({ data, done }: NonNullable<typeof removing>) {
    try {
      for (const part of ['server', 'install'] as const) await deps.runtimeFor(spec.runtime).cleanUp(place(part))
      closed = true
      cancelRetry()
      await removeFolders(deps.dataDir, folder, spec.name, data)
      deps.onGone(spec.id)
      done.resolve()
    } catch (error) {
      closed = false
      removing = undefined
      done.reject(error)
    }
  }

  // ---- What others ask for ----

  /** Finds again what went on while no agent was looking. */
  async function recover() {
    runSpec = (readJsonSync(path.join(folder.root, 'running.json')) as InstanceSpec | undefined) ?? spec
    const found = await deps.runtimeFor(runSpec.runtime).recover(place('server'), runSpec)
    if (found && 'status' in found) {
      goOn(found)
    } else if (found && found.run > record.ended_run) endings.push(() => serverEnded(found))
    if (record.install === 'running') {
      const installing = await deps.runtimeFor(spec.runtime).recover(place('install'), spec)
      if (installing && 'status' in installing) holdInstall(installing)
      else if (installing && installing.run > record.ended_install) endings.push(() => installEnded(installing))
      else record.install = 'needed'
    }
  }

  function busyReason(): string | undefined {
    if (removing) return 'It is being deleted.'
    if (phase === 'installing' || phase === 'creating') return 'It is being installed; wait until that is done.'
    if (phase === 'stopping') return 'It is being stopped; wait until that is done, or kill it.'
    if (starting) return 'It is being started; wait until that is done, or kill it.'
    return undefined
  }

  async function act({ id, action, deadline }: ActionRequest): Promise<ObservedInstance> {
    if (record.actions.includes(id)) return observe()
    if (Date.parse(deadline) <= clock.now()) {
      throw conflict('expired', 'This action came too late and was not carried out.')
    }
    const busy = busyReason()
    if (busy && action !== 'kill') throw conflict('busy', busy)
    remember(id)
    if (action === 'start' || action === 'restart') wantRunning(action)
    else wantStopped(action)
    await save()
    if (action === 'kill') killNow()
    poke()
    return observe()
  }

  function wantRunning(action: 'start' | 'restart') {
    record.power = 'running'
    cancelRetry()
    record.retry_at = null
    if (record.install === 'failed') record.install = 'needed'
    if (!run) {
      // Somebody wants it again: what happened before counts no more.
      Object.assign(record, { failure: null, reason: null, start_failures: 0 })
      forgetCrashes()
      if (record.install === 'done') enter('starting')
    } else if (action === 'restart') {
      record.restart_run = run.number
      enter('stopping')
    }
  }

  function wantStopped(action: 'stop' | 'kill') {
    record.power = 'stopped'
    cancelRetry()
    Object.assign(record, { retry_at: null, restart_run: null, start_failures: 0 })
    if (record.install !== 'failed') record.failure = null
    if (!run) return
    record.stopping ??= { run: run.number, at: clock.now() }
    if (action === 'kill') killing = true
    enter('stopping')
  }

  function killNow() {
    killing = Boolean(run ?? installRun ?? starting)
    starting?.abort()
    installRun?.kill()
    if (run && stopSent === run.number) run.kill()
  }

  const followInput = followTyping((line) => {
    if (!run || line !== runSpec.stop.command) return
    record.typed_stop_run = run.number
    void save()
  })

  return {
    id: spec.id,
    get spec() {
      return spec
    },
    observe,
    log,
    installLog,
    folder,
    poke,
    recover,
    act,
    running: () => (run ? { run, spec: runSpec } : undefined),
    /** `retry` also tries again what failed with this same spec. */
    async update(next: InstanceSpec, retry: boolean): Promise<void> {
      if (next.generation < spec.generation || (next.generation === spec.generation && !retry)) return
      if (next.generation > spec.generation) {
        await writeJson(folder.spec, next)
        spec = next
      }
      if (record.install === 'failed') {
        record.install = 'needed'
        record.failure = null
      }
      if (record.failure?.kind === 'start') record.retry_at = null
      publish()
      poke()
    },
    remove(data: 'keep' | 'delete'): Promise<void> {
      removing ??= { data, done: Promise.withResolvers<void>() }
      const { promise } = removing.done
      starting?.abort()
      installRun?.kill()
      cancelRetry()
      poke()
      return promise
    },
    input(data: Buffer): void {
      if (!run) throw conflict('not_running', 'This server is not running.')
      followInput(data)
      run.input(data)
    },
    resize: (cols: number, rows: number): void => run?.resize(cols, rows),
    clearLog: () => log.clear(run),
    installState(): 'none' | 'running' | 'done' | 'failed' {
      if (record.install === 'failed' || record.install === 'running') return record.install
      return phase === 'installing' ? 'running' : record.install === 'done' && spec.install ? 'done' : 'none'
    },
    /** Every few seconds: a run that lasts is forgiven its crashes. */
    tick(): void {
      const startedAt = run?.status().started_at
      if (
        phase === 'running' &&
        record.crash_count > 0 &&
        startedAt &&
        clock.now() - Date.parse(startedAt) >= deps.rules.windowMs
      ) {
        forgetCrashes()
        publish()
      }
      poke()
    },
    /** Lets go; the server itself goes on. */
    async close(): Promise<void> {
      closed = true
      cancelRetry()
      cancelStopTimer()
      watching?.abort()
      run?.detach()
      installRun?.detach()
      await worker
      await save()
    },
  }
}
