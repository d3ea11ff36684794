import type { Run, RunEnd } from '#agent/runtimes/run'
import { readStatus } from '#agent/runtimes/runs'
import type { Runtime } from '#agent/runtimes/runtime'
import type { Core } from './core.ts'
import { afterEnd, type Verdict } from './restart-policy.ts'

/** The last words of a server that are kept with its crash. */
const CRASH_LINES = 200
const CRASH_CHARACTERS = 262_144

/** From running to stopped, whether wanted or not. */
export function createEnding(core: Core, next: { goOn: (run: Run) => void; endWatch: () => void }) {
  const { deps, record, log } = core
  const { clock } = deps
  let stopSent = 0
  let cancelTimer = () => {}

  async function stop(run: Run) {
    if (stopSent === run.number) return
    if (record.stopping?.run !== run.number) record.stopping = { run: run.number, at: clock.now() }
    const { at } = record.stopping
    await core.save()
    stopSent = run.number
    core.enter('stopping')
    record.reason = null
    await core.publish()
    const { command, signal, timeout_seconds: seconds } = core.runSpec.stop
    if (core.killing) run.kill()
    else if (command) run.input(Buffer.from(`${command}\r`))
    else run.signal(signal)
    cancelTimer = clock.after(at + seconds * 1000 - clock.now(), () => {
      run.note(`It did not stop within ${seconds} seconds and is killed.`)
      run.kill()
    })
  }

  async function ended(end: RunEnd) {
    cancelTimer()
    next.endWatch()
    const runtime = deps.runtimeFor(core.runSpec.runtime)
    const found = end.lost === 'supervisor' ? await takeOver(runtime) : end
    // A container outlives its supervisor, and another one holds it now.
    if (found && 'status' in found) return next.goOn(found)
    core.run = undefined
    core.killing = false
    await runtime.cleanUp(core.place('server'))
    await settle(found ?? end)
    await core.save()
  }

  async function takeOver(runtime: Runtime) {
    try {
      return await runtime.recover(core.place('server'), core.runSpec)
    } catch (error) {
      core.report(error, 'a server whose supervisor was killed could not be taken over')
      return undefined
    }
  }

  async function settle(end: RunEnd) {
    const { code, signal, oom, at, run } = end
    const again = record.restart_run === run
    const requested = record.stopping?.run === run
    const typed = record.typed_stop_run === run && code === 0
    Object.assign(record, { exit: { code, signal, oom, at }, ended_run: run, restart_run: null, stopping: null })
    const status = readStatus(core.folder.run, run)
    if (status?.started_at && Date.parse(at) - Date.parse(status.started_at) >= deps.rules.windowMs) {
      core.forgetCrashes()
    }
    core.enter('idle')
    if (again) return core.publish('instance.stopped')

    const { crashes, crash_count: crashCount } = record
    const now = clock.now()
    const verdict = afterEnd(
      { end, spec: core.runSpec, requested: requested || typed, crashes, crashCount, now },
      deps.rules,
    )
    if (verdict.kind === 'stopped') {
      if (!requested) record.power = 'stopped'
      record.reason = typed && !requested ? 'Its stop command was typed in the console.' : verdict.reason
      return core.publish('instance.stopped')
    }
    await crashed(verdict, await lastLines(status?.log_start ?? 0))
  }

  async function crashed(verdict: Exclude<Verdict, { kind: 'stopped' }>, crashLog: string) {
    const { reason } = verdict
    log.note(reason, undefined)
    Object.assign(record, { crashes: verdict.crashes, crash_count: verdict.crashCount })
    if (verdict.kind === 'again') {
      record.retry_at = clock.now() + verdict.delayMs
      core.fail({ kind: 'crash', reason })
      await (verdict.crashed ? core.publish('instance.crashed', crashLog) : core.publish('instance.stopped'))
      return
    }
    record.power = 'stopped'
    core.fail({ kind: verdict.gaveUp ? 'gave_up' : 'crash', reason })
    await core.publish('instance.crashed', crashLog)
    if (verdict.gaveUp) await core.publish('instance.gave_up')
  }

  async function lastLines(from: number): Promise<string> {
    const history = await log.history({ limit: CRASH_LINES }).catch(() => undefined)
    const lines = (history?.items ?? []).filter((line) => line.next > from).map((line) => line.text)
    return lines.join('\n').slice(-CRASH_CHARACTERS)
  }

  return {
    stop,
    ended,
    mustStop: (run: Run) =>
      core.removing !== undefined ||
      record.hold !== null ||
      record.power === 'stopped' ||
      record.restart_run === run.number ||
      record.stopping?.run === run.number,
    /** At once, whatever else is under way. */
    killNow(): void {
      core.killing = Boolean(core.run ?? core.installRun ?? core.starting)
      core.starting?.abort()
      core.installRun?.kill()
      if (core.run && stopSent === core.run.number) core.run.kill()
    },
    close: () => cancelTimer(),
  }
}
