import type { Clock } from '#server/clock'
import { tooMany } from '#server/errors'

/** Wrong passwords in a row that cost nothing. */
const FREE = 5
const FIRST_DELAY_MS = 1000
const LONGEST_DELAY_MS = 5 * 60_000
/** After a quiet hour everything is forgotten. */
const QUIET_MS = 3600_000
const MAX_ENTRIES = 20_000

type Entry = { failures: number; underWay: number; until: number; at: number }
/** One try; exactly one of these is called at its end. */
export type Attempt = { failed: () => void; succeeded: () => void; cancelled: () => void }

/**
 * Slows down who guesses the password of an account, by the place they guess from, so that nobody can lock the owner out
 * everywhere. Tries count before their password is hashed: many at once are not worth more than one after another.
 */
export function createLockout(clock: Clock) {
  const entries = new Map<string, Entry>()

  function entryOf(key: string): Entry {
    const now = clock.now()
    const known = entries.get(key)
    entries.delete(key)
    const isStale = known !== undefined && known.underWay === 0 && now - known.at > QUIET_MS
    const entry = known && !isStale ? known : { failures: 0, underWay: 0, until: 0, at: now }
    // The map holds the least recently tried first.
    entries.set(key, entry)
    if (entries.size > MAX_ENTRIES) {
      for (const [oldest, { underWay }] of entries) {
        if (underWay > 0) continue
        entries.delete(oldest)
        break
      }
    }
    return entry
  }

  return {
    /** Throws 429 when it is too early. */
    begin(account: string, place: string): Attempt {
      const key = `${account}\n${place}`
      const entry = entryOf(key)
      const wait = entry.until - clock.now()
      const tooManyAtOnce = entry.underWay > 0 && entry.failures + entry.underWay >= FREE
      if (wait > 0 || tooManyAtOnce) {
        const seconds = Math.max(1, Math.ceil(wait / 1000))
        throw tooMany('too_many_attempts', `Too many attempts. Try again in ${seconds} s.`, seconds)
      }
      entry.underWay++
      return {
        failed() {
          entry.underWay--
          entry.failures++
          entry.at = clock.now()
          const over = entry.failures - FREE
          if (over >= 0) entry.until = entry.at + Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** over)
        },
        succeeded() {
          entry.underWay--
          entry.failures = 0
          entry.until = 0
          if (entry.underWay === 0 && entries.get(key) === entry) entries.delete(key)
        },
        cancelled: () => void entry.underWay--,
      }
    },
    /** The password was changed by its owner. */
    forget: (account: string, place: string) => void entries.delete(`${account}\n${place}`),
    count: () => entries.size,
  }
}
export type Lockout = ReturnType<typeof createLockout>
