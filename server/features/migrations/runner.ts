import { isoNow } from '#server/clock'
import { AppError, unavailable } from '#server/errors'
import type { Deps, MigrationTimes } from './deps.ts'
import type { Ending } from './ending.ts'
import { type Notes, Overtaken } from './notes.ts'
import type { Step } from './steps.ts'
import * as store from './store.ts'
import { isCancellable, isOver, type MigrationRow } from './store.ts'

/** Of one machine at once, in or out. */
const AT_ONCE = 2
/** An agent that fails at the same thing so often will not do it. */
const FAILURES = 8
const final = new Set(['agent_answer_unusable', 'agent_too_old'])

type Run = {
  row: MigrationRow
  stop: AbortController
  wake: () => void
  done: Promise<void>
  /** Since when it fails though both machines are there, and how much had arrived then. */
  trouble: { since: number; bytes: number } | undefined
}
type Parts = {
  steps: Partial<Record<MigrationRow['state'], Step>>
  notes: Notes
  ending: Ending
  times: MigrationTimes
}

/** Carries moves on, each from the state that its row says, until it is over. What waits for a machine goes on when that is back. */
export function createRunner({ db, clock, log, agents }: Deps, { steps, notes, ending, times }: Parts) {
  const runs = new Map<string, Run>()
  const waiting = new Map<string, string>()
  let closed = false
  let kicking: Promise<void> = Promise.resolve()

  /** Where it goes back and the target does not let go of it, there is nothing but to wait: two of it must never run. */
  const isPassing = (error: unknown, { undo }: MigrationRow, failures: number): error is AppError =>
    error instanceof AppError &&
    (undo !== null ||
      (error.status >= 500 &&
        error.status !== 507 &&
        !final.has(error.code) &&
        !(error.code === 'agent_failed' && failures >= FAILURES)))

  /** A machine that is away is waited for; one that is there and fails is not waited for for ever. */
  function isEnough(run: Run, row: MigrationRow): boolean {
    const areThere = agents.isConnected(row.source_node_id) && agents.isConnected(row.target_node_id)
    if (!areThere || row.undo !== null || row.bytes_done > (run.trouble?.bytes ?? 0)) run.trouble = undefined
    run.trouble ??= { since: clock.now(), bytes: row.bytes_done }
    return clock.now() - run.trouble.since >= times.patience
  }

  async function step(row: MigrationRow, signal: AbortSignal): Promise<void> {
    if (row.cancel_asked_at !== null && isCancellable(row)) {
      return ending.undo(row, { state: 'cancelled', reason: row.reason ?? 'It was cancelled.' })
    }
    if (row.state === 'pending') return notes.enter(row, 'preparing', { started_at: isoNow(clock) })
    await steps[row.state]?.(row, signal)
  }

  async function fail(row: MigrationRow, error: unknown): Promise<void> {
    const reason = error instanceof AppError ? error.message : 'Something unexpected went wrong; the log says what.'
    log.warn({ err: error, migration_id: row.id, state: row.state }, 'a move failed')
    if (isCancellable(row)) await ending.undo(row, { state: 'failed', reason: reason.slice(0, 1000) })
    else if (row.state === 'starting' && row.undo === null) await ending.decideToGoBack(row, reason.slice(0, 800))
    else throw error
  }

  function pause(run: Run, failures: number): Promise<void> {
    const ms = Math.min(times.retryMax, times.retryMin * 2 ** Math.min(failures, 16))
    return new Promise((resolve) => {
      const cancel = clock.after(ms / 2 + Math.random() * (ms / 2), () => run.wake())
      run.wake = () => {
        cancel()
        resolve()
      }
      if (closed || run.stop.signal.aborted) run.wake()
    })
  }

  /** One attempt; false when it has to be tried again later. */
  async function attempt(run: Run, row: MigrationRow, failures: number): Promise<boolean> {
    try {
      await step(row, run.stop.signal)
      return true
    } catch (error) {
      const isStopped = run.stop.signal.aborted || error instanceof Overtaken
      if (isStopped && (await store.findMigration(db, row.id))?.cancel_asked_at) return true
      if (isPassing(error, row, failures)) {
        if (isEnough(run, row)) {
          const minutes = Math.round(times.patience / 60_000)
          const reason = `For ${minutes} minutes a machine that is there did not do its part: ${error.message}`
          await fail(row, unavailable(error.code, reason, error))
          return true
        }
        if (!waiting.has(row.id)) log.info({ err: error, migration_id: row.id, state: row.state }, 'a move waits')
        waiting.set(row.id, error.message)
        notes.tell(row)
        return false
      }
      await fail(row, error)
      return true
    }
  }

  async function carryOn(run: Run): Promise<void> {
    for (let failures = 0; !closed;) {
      // A cancellation stops what is under way; undoing it is not stopped. Before the row is read, or one in that moment would be lost.
      if (run.stop.signal.aborted) run.stop = new AbortController()
      const row = await store.findMigration(db, run.row.id)
      if (!row || isOver(row.state)) return
      run.row = row
      let isDone = false
      try {
        isDone = await attempt(run, row, failures)
      } catch (error) {
        if (closed) return
        log.error({ err: error, migration_id: row.id, state: row.state }, 'a move could not be carried on')
      }
      if (isDone) {
        failures = 0
        run.trouble = undefined
        if (waiting.delete(row.id)) notes.tell(row)
      } else await pause(run, failures++)
    }
  }

  function start(row: MigrationRow): void {
    const run: Run = { row, stop: new AbortController(), wake: () => {}, done: Promise.resolve(), trouble: undefined }
    runs.set(row.id, run)
    run.done = carryOn(run).finally(() => {
      runs.delete(row.id)
      waiting.delete(row.id)
      if (!closed) kick()
    })
    run.done.catch((error: unknown) => log.error({ err: error, migration_id: row.id }, 'a move was left'))
  }

  const busy = (nodeId: string) =>
    [...runs.values()].filter(({ row }) => row.source_node_id === nodeId || row.target_node_id === nodeId).length

  async function startNext(): Promise<void> {
    if (closed) return
    for (const row of await store.listUnderWay(db)) {
      if (runs.has(row.id)) continue
      const isFree = busy(row.source_node_id) < AT_ONCE && busy(row.target_node_id) < AT_ONCE
      if (row.state !== 'pending' || row.cancel_asked_at !== null || isFree) start(row)
    }
  }

  function kick(): void {
    kicking = kicking.then(startNext).catch((error: unknown) => log.error({ err: error }, 'moves could not be begun'))
  }

  return {
    kick,
    waitsFor: (id: string) => waiting.get(id),
    /** What is under way for it ends now, and its row is read anew. */
    interrupt(id: string): void {
      const run = runs.get(id)
      run?.stop.abort(new Overtaken())
      run?.wake()
      kick()
    },
    /** A machine is back. */
    wake(nodeId: string): void {
      for (const run of runs.values()) {
        if (run.row.source_node_id === nodeId || run.row.target_node_id === nodeId) run.wake()
      }
    },
    async close(): Promise<void> {
      closed = true
      for (const run of runs.values()) {
        run.stop.abort(new Overtaken())
        run.wake()
      }
      await kicking
      await Promise.allSettled([...runs.values()].map(({ done }) => done))
      notes.close()
    },
  }
}
export type Runner = ReturnType<typeof createRunner>
