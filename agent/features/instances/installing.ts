import type { Run, RunEnd } from '#agent/runtimes/run'
import { readLaunch } from '#agent/runtimes/runs'
import { type Core, messageOf } from './core.ts'
import { makeFolders } from './folders.ts'
import { describeEnd } from './restart-policy.ts'
import type { Worker } from './worker.ts'

const STOPPED = 'The installation was stopped.'
/** How much of what an installation said last is in the reason why it failed. */
const TAIL_LINES = 5
const TAIL_CHARACTERS = 1000

/** The install script's run, which has a supervisor and a log like any other. */
export function createInstalling(core: Core, worker: Worker) {
  const { deps, record, folder, installLog } = core

  async function install() {
    const { spec } = core
    core.enter('installing')
    Object.assign(record, { failure: null, reason: null })
    void core.publish()
    const aborter = new AbortController()
    core.starting = aborter
    try {
      await makeFolders(spec, folder)
      await installLog.clear(undefined)
      record.install = 'running'
      await core.save()
      const { logLimits } = deps
      const { signal } = aborter
      hold(await core.runtime().start({ ...core.place('install'), spec, logLimits, progress: core.progress, signal }))
    } catch (error) {
      record.ended_install = Math.max(record.ended_install, readLaunch(core.place('install').run)?.run ?? 0)
      if (core.closing) record.install = 'needed'
      else await failed(aborter.signal.aborted ? STOPPED : messageOf(error))
    } finally {
      core.starting = undefined
    }
  }

  function hold(run: Run) {
    core.installRun = run
    core.enter('installing')
    core.progress('Running the install script', null)
    run.ended.then(
      (end) => worker.add(() => ended(end)),
      (error: unknown) => core.report(error, 'a supervisor was lost'),
    )
    if (core.killing) run.kill()
  }

  async function ended(end: RunEnd) {
    const stopped = core.killing || core.removing !== undefined
    core.installRun = undefined
    core.killing = false
    await core.runtime().cleanUp(core.place('install'))
    record.ended_install = end.run
    core.enter('idle')
    if (end.code === 0) {
      record.install = 'done'
      await core.publish('instance.installed')
    } else if (end.lost === 'machine') record.install = 'needed'
    else if (stopped) await failed(STOPPED)
    else {
      const { items } = await installLog.history({ limit: TAIL_LINES })
      const tail = items
        .map((line) => line.text)
        .join('\n')
        .slice(-TAIL_CHARACTERS)
      await failed(`The installation failed. ${describeEnd(end, core.spec.limits.memory_bytes)}${tail && `\n${tail}`}`)
    }
    await core.save()
  }

  async function failed(reason: string) {
    record.install = 'failed'
    core.fail({ kind: 'install', reason })
    await core.publish('instance.install_failed')
    worker.poke()
  }

  return {
    install,
    ended,
    /** Finds an installation again that went on while no agent was looking. */
    async recover(): Promise<void> {
      if (record.install !== 'running') return
      const found = await core.runtime().recover(core.place('install'), core.spec)
      if (found && 'status' in found) hold(found)
      else if (found && found.run > record.ended_install) worker.add(() => ended(found))
      else record.install = 'needed'
    },
    state(): 'none' | 'running' | 'done' | 'failed' {
      if (record.install === 'failed' || record.install === 'running') return record.install
      if (core.phase === 'installing') return 'running'
      return record.install === 'done' && core.spec.install ? 'done' : 'none'
    },
  }
}
