const LEAST = 128 * 1024
const MOST = 8 * 1024 * 1024
const BYTES_PER_MS = 64_000

/** Of a stream, before the round trip is known. */
export const FIRST_WINDOW = LEAST

/**
 * How many bytes of one stream may be under way between the control plane and an agent: enough for 64 MB/s over that way, and no
 * more, because a keystroke waits behind all of them.
 */
export const windowFor = (roundTripMs: number): number =>
  Math.round(Math.min(MOST, Math.max(LEAST, roundTripMs * BYTES_PER_MS)))

/** Tells the window whenever it changes, by the shortest round trip that was measured: that was on a way that was free. */
export function followRoundTrip(change: (window: number) => void): (roundTripMs: number) => void {
  let shortestMs = Infinity
  let window = FIRST_WINDOW
  return (roundTripMs) => {
    shortestMs = Math.min(shortestMs, roundTripMs)
    if (windowFor(shortestMs) === window) return
    window = windowFor(shortestMs)
    change(window)
  }
}
