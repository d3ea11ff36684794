import type { Clock } from './clock.ts'

/** Something took longer than it may; `cause` is how it ended when it was stopped. */
export class TooLate extends Error {}

/** Does something that is stopped when it takes longer than this, and then throws `TooLate`, or when whoever asked wants it no more. */
export async function inTime<R>(
  clock: Clock,
  { ms, signal }: { ms: number; signal?: AbortSignal | undefined },
  work: (signal: AbortSignal) => Promise<R>,
): Promise<R> {
  const late = new AbortController()
  const cancel = clock.after(ms, () => late.abort())
  try {
    return await work(signal ? AbortSignal.any([late.signal, signal]) : late.signal)
  } catch (error) {
    if (!late.signal.aborted || signal?.aborted) throw error
    throw new TooLate('It took too long.', { cause: error })
  } finally {
    cancel()
  }
}
