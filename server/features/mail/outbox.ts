import type { Clock } from '#server/clock'
import { toMailError, type MailError } from './mail-error.ts'

export type OutboxTimes = {
  /** Before each further attempt. */
  backOffMs: readonly number[]
  /** How long mails under way may take to end when the server stops. */
  closeMs: number
}
export const outboxTimes: OutboxTimes = { backOffMs: [5000, 30_000], closeMs: 3000 }

const AT_ONCE = 3
/** Waiting, under way and between attempts. */
const MAX_MAILS = 300

type Attempt = (signal: AbortSignal) => Promise<unknown>
type Entry = { attempt: Attempt; tries: number; done: (error: MailError | null) => void }

/** Mails in memory: a few at once, again after a while when a failure may pass. It never grows without bound. */
export function createOutbox({ clock, times }: { clock: Clock; times: OutboxTimes }) {
  const waiting: Entry[] = []
  const running = new Set<Promise<void>>()
  const pauses = new Map<() => void, Entry>()
  const ending = new AbortController()
  let closed = false

  const stopped = () => toMailError(new Error('The server stopped before the mail was sent.'))

  async function run(entry: Entry) {
    try {
      await entry.attempt(ending.signal)
      entry.done(null)
    } catch (thrown) {
      const error = toMailError(thrown)
      const pause = times.backOffMs[entry.tries]
      entry.tries += 1
      if (!error.temporary || pause === undefined || closed) return entry.done(error)
      const cancel = clock.after(pause, () => {
        pauses.delete(cancel)
        waiting.push(entry)
        next()
      })
      pauses.set(cancel, entry)
    }
  }

  function next() {
    while (running.size < AT_ONCE) {
      const entry = waiting.shift()
      if (!entry) return
      const work = run(entry).finally(() => {
        running.delete(work)
        next()
      })
      running.add(work)
    }
  }

  return {
    /** Resolves when the mail is sent or given up. Never rejects. */
    post: (attempt: Attempt) =>
      new Promise<MailError | null>((done) => {
        if (closed) return done(stopped())
        if (waiting.length + running.size + pauses.size >= MAX_MAILS) {
          return done(toMailError(new Error('Too many mails are waiting to be sent.')))
        }
        waiting.push({ attempt, tries: 0, done })
        next()
      }),
    async close() {
      closed = true
      for (const [cancel, { done }] of pauses) {
        cancel()
        done(stopped())
      }
      pauses.clear()
      for (const { done } of waiting.splice(0)) done(stopped())
      const timer = setTimeout(() => ending.abort(), times.closeMs)
      await Promise.all(running)
      clearTimeout(timer)
    },
  }
}
export type Outbox = ReturnType<typeof createOutbox>
