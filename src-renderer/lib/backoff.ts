/** Full jitter, so that a hundred tabs do not come back in the same instant: 0.1 s up to 0.5 s, 1 s, 2 s … 30 s. */
export function backoffMs(failures: number, random: () => number = Math.random): number {
  const ceiling = Math.min(30_000, 500 * 2 ** Math.min(failures, 10))
  return Math.round(100 + random() * (ceiling - 100))
}
