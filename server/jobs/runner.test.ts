import { expect, test, vi } from 'vitest'
import { openDb } from '#server/db/open'
import { createLog } from '#server/log'
import { fakeClock } from '#server/testing/clock'
import { startJobs } from './runner.ts'

const HOUR = 3600_000
const log = createLog('silent')

test('a job runs when it is due, goes on after a failure, and reports it', async () => {
  const clock = fakeClock()
  const { db, close } = openDb(':memory:')
  const run = vi.fn(async () => {})
  const jobs = await startJobs({ db, clock, log, jobs: [{ name: 'tidy', everyMs: HOUR, run }] })
  clock.advance(HOUR - 1)
  expect(run).not.toHaveBeenCalled()
  run.mockRejectedValueOnce(new Error('disk full'))
  clock.advance(1)
  await vi.waitFor(() => expect(jobs.areFine()).toBe(false))
  await vi.waitFor(async () =>
    expect((await db.selectFrom('jobs').selectAll().execute())[0]?.last_error).toBe('disk full'),
  )
  clock.advance(HOUR)
  await vi.waitFor(() => expect(jobs.areFine()).toBe(true))
  expect(run).toHaveBeenCalledTimes(2)
  await jobs.close()
  await close()
})

test('a job that fell due while the server was off runs soon after the start', async () => {
  const clock = fakeClock()
  const { db, close } = openDb(':memory:')
  const past = new Date(clock.now() - HOUR).toISOString()
  await db.insertInto('jobs').values({ name: 'tidy', next_run_at: past, last_run_at: null, last_error: null }).execute()
  const run = vi.fn(async () => {})
  const jobs = await startJobs({ db, clock, log, jobs: [{ name: 'tidy', everyMs: HOUR, run }] })
  clock.advance(1000)
  await vi.waitFor(() => expect(run).toHaveBeenCalledTimes(1))
  await jobs.close()
  await close()
})
