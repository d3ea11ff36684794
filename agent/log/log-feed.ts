/** Tells readers of one log how far it has been written. */
export type LogFeed = ReturnType<typeof createLogFeed>

/** A feed that stands at `newest`. */
export function createLogFeed(newest = 0) {
  const waiting = new Set<() => void>()
  return {
    newest: () => newest,
    /** The log reaches up to `offset` now. */
    advance(offset: number): void {
      if (offset <= newest) return
      newest = offset
      const woken = [...waiting]
      waiting.clear()
      for (const wake of woken) wake()
    },
    /** Resolves once there is something after `offset`, or when the signal is aborted. */
    beyond(offset: number, signal: AbortSignal): Promise<void> {
      if (newest > offset || signal.aborted) return Promise.resolve()
      return new Promise((resolve) => {
        const wake = () => {
          waiting.delete(wake)
          signal.removeEventListener('abort', wake)
          resolve()
        }
        waiting.add(wake)
        signal.addEventListener('abort', wake, { once: true })
      })
    },
  }
}
