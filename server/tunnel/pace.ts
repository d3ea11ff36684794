import type { Readable } from 'node:stream'
import type { Clock } from '#server/clock'

/** What an agent may say at once, and after that in a second: far more than one ever has to, however long it was away. */
export const eventsPace = { burst: 20_000, perSecond: 200 }
export const bytesPace = { burst: 64 * 1024 * 1024, perSecond: 2 * 1024 * 1024 }

/** Takes what comes as fast as it comes, up to a burst; more than that is waited for, so that a flood fills nothing but its own tunnel. */
export function createPace(clock: Clock, { burst, perSecond }: { burst: number; perSecond: number }) {
  let left = burst
  let at = clock.now()
  return async (cost: number): Promise<void> => {
    const now = clock.now()
    left = Math.min(burst, left + (Math.max(0, now - at) / 1000) * perSecond) - cost
    at = now
    if (left >= 0) return
    const ms = (-left / perSecond) * 1000
    await new Promise<void>((resolve) => void clock.after(ms, resolve))
  }
}

export async function* paced(stream: Readable, pace: ReturnType<typeof createPace>): AsyncGenerator<Buffer> {
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    await pace(chunk.length)
    yield chunk
  }
}
