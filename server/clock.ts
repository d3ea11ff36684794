/** Time, as a parameter, so that tests can steer it. */
export type Clock = {
  now: () => number
  /** Runs `work` after `ms`; returns what cancels it. Does not keep the process alive. */
  after: (ms: number, work: () => void) => () => void
}

export const systemClock: Clock = {
  now: Date.now,
  after: (ms, work) => {
    const timer = setTimeout(work, ms)
    timer.unref()
    return () => clearTimeout(timer)
  },
}

export const isoNow = (clock: Clock) => new Date(clock.now()).toISOString()
