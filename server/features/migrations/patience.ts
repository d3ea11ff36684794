import type { Clock } from '#server/clock'
import { unavailable } from '#server/errors'
import { inTime, TooLate } from '#server/time-limit'

/** What even a slow disk reads and writes in a second. */
const SLOWEST_BYTES = 2 * 1024 * 1024
/** A server may be given an hour to stop. */
export const STOP_MS = 3600_000

/** How long a machine may take to go through so many bytes on its own disk. */
export const forBytes = (bytes: number | null): number => ((bytes ?? 0) / SLOWEST_BYTES) * 1000

/** Ends what a machine takes too long for. */
export async function within<R>(
  { clock, ms, signal }: { clock: Clock; ms: number; signal: AbortSignal },
  work: (signal: AbortSignal) => Promise<R>,
): Promise<R> {
  try {
    return await inTime(clock, { ms, signal }, work)
  } catch (error) {
    if (!(error instanceof TooLate)) throw error
    throw unavailable(
      'agent_timeout',
      `A machine took more than ${Math.ceil(ms / 60_000)} minutes for it.`,
      error.cause,
    )
  }
}
