import path from 'node:path'
import type { InstanceSpec } from '#contract/agent'
import { conflict } from '#agent/errors'
import type { RunEnd } from '#agent/runtimes/run'
import { type InstanceFolder, readJsonSync, writeJson } from '#agent/state'
import { createActions } from './actions.ts'
import { createCore, type InstanceDeps, type Removal } from './core.ts'
import { createEnding } from './ending.ts'
import { removeFolders } from './folders.ts'
import { createHolding } from './holding.ts'
import { createInstalling } from './installing.ts'
import { createStarting } from './starting.ts'
import { followTyping } from './typed-line.ts'
import { createWorker } from './worker.ts'

export type Instance = ReturnType<typeof createInstance>

/**
 * One server on this machine. What is wanted is its record, on disk; a single worker takes one step after another
 * towards it, and is poked whenever something happened. Actions only change what is wanted; a kill also acts at once.
 */
export function createInstance(deps: InstanceDeps, folder: InstanceFolder, spec: InstanceSpec, isNew: boolean) {
  const { clock } = deps
  const core = createCore(deps, folder, spec, isNew ? 'creating' : 'idle')
  const { record } = core
  const worker = createWorker(step, (error) => core.report(error, 'a step towards the wanted state failed'))
  const starting = createStarting(core, worker, (end: RunEnd) => ending.ended(end))
  const ending = createEnding(core, starting)
  const installing = createInstalling(core, worker)
  let cancelRetry = () => {}
  let isRecovered = isNew
  const act = createActions(core, { killNow: ending.killNow, cancelRetry: () => cancelRetry(), poke: worker.poke })

  async function step() {
    // What may still run must be found before anything is started.
    if (!isRecovered) return
    // Nothing is done that is not on the disk as wanted.
    await core.save()
    const { run, removing } = core
    if (core.installRun) return
    if (run) return ending.mustStop(run) ? ending.stop(run) : undefined
    if (removing) return finishRemoval(removing)
    if (record.hold !== null) return core.rest()
    if (record.install === 'needed') return installing.install()
    if (record.install === 'failed' || record.power === 'stopped') return core.rest()
    const wait = (record.retry_at ?? 0) - clock.now()
    if (wait <= 0) return starting.start()
    core.rest()
    cancelRetry()
    cancelRetry = clock.after(wait, worker.poke)
  }

  async function finishRemoval({ data, done }: Removal) {
    try {
      for (const part of ['server', 'install'] as const) await core.runtime().cleanUp(core.place(part))
      await removeFolders(deps.dataDir, folder, core.spec.name, data)
      worker.end()
      deps.onGone(core.spec.id)
      done.resolve()
    } catch (error) {
      core.removing = undefined
      done.reject(error)
    }
  }

  const holding = createHolding(core, {
    isFound: () => isRecovered,
    cancelRetry: () => cancelRetry(),
    poke: worker.poke,
  })

  const followInput = followTyping((line) => {
    if (!core.run || line !== core.runSpec.stop.command) return
    record.typed_stop_run = core.run.number
    void core.save()
  })

  return {
    id: spec.id,
    folder,
    spec: () => core.spec,
    log: core.log,
    installLog: core.installLog,
    installState: installing.state,
    observe: core.observe,
    poke: worker.poke,
    act,
    holding,
    running: () => (core.run ? { run: core.run, spec: core.runSpec } : undefined),
    name: () => core.spec.name,
    /** What goes on for it now: its run, and its installation. */
    statuses: () => [core.run, core.installRun].flatMap((run) => (run ? [run.status()] : [])),

    /** Finds again what went on while no agent was looking. */
    async recover(): Promise<void> {
      core.runSpec = (readJsonSync(path.join(folder.root, 'running.json')) as InstanceSpec | undefined) ?? spec
      try {
        const found = await deps.runtimeFor(core.runSpec.runtime).recover(core.place('server'), core.runSpec)
        if (found && 'status' in found) starting.goOn(found)
        else if (found && found.run > record.ended_run) worker.add(() => ending.ended(found))
        await installing.recover()
      } catch (error) {
        core.report(error, 'a server could not be found again')
      }
      isRecovered = true
      worker.poke()
    },

    /** `retry` also tries again what failed with this same spec. */
    async update(next: InstanceSpec, retry: boolean): Promise<void> {
      if (next.generation < core.spec.generation || (next.generation === core.spec.generation && !retry)) return
      if (next.generation > core.spec.generation) {
        core.spec = next
        await writeJson(folder.spec, next)
      }
      if (record.install === 'failed') Object.assign(record, { install: 'needed', failure: null })
      if (record.failure?.kind === 'start') record.retry_at = null
      void core.publish()
      worker.poke()
    },

    remove(data: 'keep' | 'delete'): Promise<void> {
      core.removing ??= { data, done: Promise.withResolvers<void>() }
      const { promise } = core.removing.done
      core.starting?.abort()
      core.installRun?.kill()
      cancelRetry()
      worker.poke()
      return promise
    },

    input(data: Buffer): void {
      if (!core.run) throw conflict('not_running', 'This server is not running.')
      followInput(data)
      core.run.input(data)
    },
    resize(cols: number, rows: number): void {
      core.run?.resize(cols, rows)
    },
    clearLog: () => core.log.clear(core.run),

    /** Every few seconds: a run that lasts is forgiven its crashes. */
    tick(): void {
      const startedAt = core.run?.status().started_at
      const lasts = startedAt && clock.now() - Date.parse(startedAt) >= deps.rules.windowMs
      if (lasts && core.phase === 'running' && record.crash_count > 0) {
        core.forgetCrashes()
        void core.publish()
      }
      worker.poke()
    },

    /** Lets go; the server itself goes on. */
    async close(): Promise<void> {
      core.closing = true
      core.starting?.abort()
      cancelRetry()
      ending.close()
      starting.endWatch()
      await worker.close()
      core.run?.detach()
      core.installRun?.detach()
      await core.save()
    },
  }
}
