/** Time as a test can steer it. */
export type Clock = {
  now: () => number
  /** Calls back after some milliseconds; the answer cancels. */
  after: (ms: number, callback: () => void) => () => void
}

// Node turns a longer delay into none at all.
const LONGEST = 2 ** 31 - 1

export const systemClock: Clock = {
  now: Date.now,
  after(ms, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(0, ms), LONGEST))
    return () => clearTimeout(timer)
  },
}
