import type { Clock } from '#server/clock'
import type { Db } from '#server/db/schema'
import type { Log } from '#server/log'
import * as store from './store.ts'

/** Work that comes back: it lives in its feature and is named here. It must be harmless when it runs twice. */
export type Job = { name: string; everyMs: number; run: () => Promise<unknown> }

/** Runs each job when it is due, one at a time, also when it fell due while the server was off. */
export async function startJobs({ db, clock, log, jobs }: { db: Db; clock: Clock; log: Log; jobs: readonly Job[] }) {
  const known = new Map((await store.listJobs(db)).map((row) => [row.name, row]))
  const cancels = new Set<() => void>()
  const running = new Set<Promise<void>>()
  const failing = new Set<string>()
  let stopped = false

  async function runOnce({ name, everyMs, run }: Job) {
    let last_error: string | null = null
    try {
      await run()
      failing.delete(name)
    } catch (error) {
      last_error = error instanceof Error ? error.message : String(error)
      failing.add(name)
      log.error({ err: error, job: name }, 'job failed')
    }
    const now = clock.now()
    await store.saveJob(db, {
      name,
      last_error,
      last_run_at: new Date(now).toISOString(),
      next_run_at: new Date(now + everyMs).toISOString(),
    })
  }

  function schedule(job: Job, delay: number) {
    if (stopped) return
    const cancel = clock.after(delay, () => {
      cancels.delete(cancel)
      const work = runOnce(job)
        .catch((error: unknown) => log.error({ err: error, job: job.name }, 'job could not be recorded'))
        .finally(() => {
          running.delete(work)
          schedule(job, job.everyMs)
        })
      running.add(work)
    })
    cancels.add(cancel)
  }

  for (const job of jobs) {
    const due = Date.parse(known.get(job.name)?.next_run_at ?? '') || clock.now() + job.everyMs
    // At least a second after the start, which has better things to do.
    schedule(job, Math.max(1000, Math.min(due - clock.now(), job.everyMs)))
  }

  return {
    areFine: () => failing.size === 0,
    async close() {
      stopped = true
      for (const cancel of cancels) cancel()
      await Promise.all(running)
    },
  }
}
export type Jobs = Awaited<ReturnType<typeof startJobs>>
