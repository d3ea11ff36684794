import { setTimeout as sleep } from 'node:timers/promises'
import type { ObservedInstance } from '#contract/agent'
import { conflict } from '#agent/errors'
import type { Core } from './core.ts'

const LOOK_MS = 20
/** How long one question waits for the stop; who asks comes again. */
const WAIT_MS = 10_000
const TOKENS_KEPT = 50

export type Holding = ReturnType<typeof createHolding>

/**
 * Holds a server still while it moves: stopped, and not started by anything, until the hold of the same token is released. On
 * disk, like everything that is wanted. What it is to do otherwise is not touched, so that a release gives it back as it was.
 */
export function createHolding(
  core: Core,
  { isFound, cancelRetry, poke }: { isFound: () => boolean; cancelRetry: () => void; poke: () => void },
) {
  const { record } = core
  const rests = () =>
    isFound() && !core.run && !core.installRun && !core.starting && !core.removing && core.phase === 'idle'

  function begin(token: string) {
    if (record.hold === token) return
    if (record.released.includes(token)) throw conflict('hold_over', 'This move is over.')
    if (record.hold !== null) throw conflict('instance_migrating', 'It is being moved already.')
    if (core.removing) throw conflict('busy', 'It is being deleted.')
    if (core.phase === 'creating' || core.phase === 'installing') {
      throw conflict('busy', 'It is being installed; wait until that is done.')
    }
    record.hold = token
    cancelRetry()
    core.starting?.abort()
  }

  return {
    token: () => record.hold,
    state: () => ({ power: record.power, install: record.install }),
    rests,
    /** Answers whether it has stopped, which may take longer than one question. */
    async hold(token: string): Promise<boolean> {
      begin(token)
      await core.save()
      poke()
      for (let waited = 0; !rests() && waited < WAIT_MS; waited += LOOK_MS) await sleep(LOOK_MS)
      if (!rests() || record.hold !== token) return false
      await core.deps.runtimeFor(core.runSpec.runtime).ensureGone(core.place('server'))
      return true
    },
    /** Lets it go on as it was. Also for a hold that never came, which then can come no more. */
    async release(token: string): Promise<ObservedInstance> {
      if (!record.released.includes(token)) record.released = [...record.released, token].slice(-TOKENS_KEPT)
      if (record.hold === token) {
        record.hold = null
        record.retry_at = null
        if (record.power === 'running' && rests()) core.enter(record.install === 'done' ? 'starting' : 'installing')
      }
      await core.save()
      void core.publish()
      poke()
      return core.observe()
    },
  }
}
