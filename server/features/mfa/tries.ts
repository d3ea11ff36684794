import type { Clock } from '#server/clock'
import { tooMany } from '#server/errors'

const MINUTE = 60_000
const PER_MINUTE = 5
const MAX_ACCOUNTS = 10_000

/**
 * Five codes a minute for each account, right or wrong, wherever they come from: a guess must not become likely by asking from
 * many addresses.
 */
export function createTries(clock: Clock) {
  const tries = new Map<string, number[]>()

  function forgetOld(now: number) {
    for (const [account, times] of tries) {
      const isOver = (times.at(-1) ?? 0) <= now - MINUTE
      if (!isOver && tries.size <= MAX_ACCOUNTS) return
      tries.delete(account)
    }
  }

  return {
    /** Takes one of them, before the code is looked at. */
    take(account: string): void {
      const now = clock.now()
      const recent = (tries.get(account) ?? []).filter((at) => at > now - MINUTE)
      const [first] = recent
      if (first !== undefined && recent.length >= PER_MINUTE) {
        const seconds = Math.ceil((first + MINUTE - now) / 1000)
        throw tooMany('too_many_attempts', `Too many codes in a minute. Try again in ${seconds} s.`, seconds)
      }
      // Kept in the order of their last try, so that the oldest are forgotten first.
      tries.delete(account)
      tries.set(account, [...recent, now])
      if (tries.size > MAX_ACCOUNTS) forgetOld(now)
    },
    count: () => tries.size,
  }
}
export type Tries = ReturnType<typeof createTries>
