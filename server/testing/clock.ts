import type { Clock } from '#server/clock'

/** A clock that stands still until a test moves it. */
export function fakeClock(start = Date.parse('2026-01-01T00:00:00Z')) {
  let now = start
  const timers = new Set<{ at: number; work: () => void }>()
  const clock: Clock = {
    now: () => now,
    after(ms, work) {
      const timer = { at: now + ms, work }
      timers.add(timer)
      return () => timers.delete(timer)
    },
  }
  return {
    ...clock,
    /** Moves time on, running what falls due in its order. */
    advance(ms: number) {
      const end = now + ms
      for (;;) {
        const due = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
        if (!due) break
        timers.delete(due)
        now = Math.max(now, due.at)
        due.work()
      }
      now = end
    },
  }
}
