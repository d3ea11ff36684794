import type { ActionRequest, ObservedInstance } from '#contract/agent'
import { conflict } from '#agent/errors'
import type { Core } from './core.ts'

type Steps = { killNow: () => void; cancelRetry: () => void; poke: () => void }

/** Power actions: each changes what is wanted, on disk, and then has it done. */
export function createActions(core: Core, { killNow, cancelRetry, poke }: Steps) {
  const { record } = core
  const { clock } = core.deps

  function busyReason(): string | undefined {
    if (core.removing) return 'It is being deleted.'
    if (core.phase === 'installing' || core.phase === 'creating') {
      return 'It is being installed; wait until that is done.'
    }
    if (core.phase === 'stopping') return 'It is being stopped; wait until that is done, or kill it.'
    if (core.starting || (core.phase === 'starting' && !core.run)) {
      return 'It is being started; wait until that is done, or kill it.'
    }
    return undefined
  }

  function wantRunning(action: 'start' | 'restart') {
    record.power = 'running'
    record.retry_at = null
    if (record.install === 'failed') record.install = 'needed'
    if (!core.run) {
      // Somebody wants it again: what happened before counts no more.
      Object.assign(record, { failure: null, reason: null, start_failures: 0 })
      core.forgetCrashes()
      core.enter(record.install === 'done' ? 'starting' : 'installing')
    } else if (action === 'restart') {
      record.restart_run = core.run.number
      core.enter('stopping')
    }
  }

  function wantStopped(action: 'stop' | 'kill') {
    record.power = 'stopped'
    Object.assign(record, { retry_at: null, restart_run: null, start_failures: 0 })
    if (record.install !== 'failed') record.failure = null
    if (!core.run) return
    record.stopping ??= { run: core.run.number, at: clock.now() }
    if (action === 'kill') core.killing = true
    core.enter('stopping')
  }

  return async ({ id, action, deadline }: ActionRequest): Promise<ObservedInstance> => {
    if (record.actions.includes(id)) return core.observe()
    if (Date.parse(deadline) <= clock.now()) {
      throw conflict('expired', 'This action came too late and was not carried out.')
    }
    if (record.hold !== null) throw conflict('instance_migrating', 'It is being moved to another machine.')
    const busy = busyReason()
    if (busy && action !== 'kill') throw conflict('busy', busy)
    core.remember(id)
    cancelRetry()
    if (action === 'start' || action === 'restart') wantRunning(action)
    else wantStopped(action)
    await core.save()
    if (action === 'kill') killNow()
    poke()
    return core.observe()
  }
}
