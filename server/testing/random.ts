/** Numbers that look random and are the same for the same seed, so that what a fuzzer found can be found again (mulberry32). */
export function createRandom(seed: number) {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  return {
    /** From 0 to below 1. */
    next,
    /** A whole number from `min` to `max`. */
    int: (min: number, max: number) => min + Math.floor(next() * (max - min + 1)),
    /** True once in `n`. */
    once: (n: number) => next() < 1 / n,
    pick<T>(items: readonly T[]): T {
      const item = items[Math.floor(next() * items.length)]
      if (item === undefined && items.length === 0) throw new Error('There is nothing to pick from.')
      return item as T
    },
  }
}
export type Random = ReturnType<typeof createRandom>
