import type { Query, QueryClient } from '@tanstack/react-query'
import type { ServerEvent } from '#contract/events'

const GATHER_MS = 60

/** True when one of the stale entries speaks of this query: the same operation and, if it names one, the same object. */
export function isStale(queryKey: readonly unknown[], stale: ServerEvent['stale']): boolean {
  const [operation, input] = queryKey
  const id = (input as { params?: { id?: unknown } } | undefined)?.params?.id
  return stale.some(
    (entry) => entry.operation === operation && (entry.id === undefined || id === undefined || entry.id === id),
  )
}

/**
 * Gathers stale entries for a moment and asks again for what is on screen. The next round waits for the last one's answers: a
 * storm of events then costs one request at a time, and no answer is thrown away for ever.
 */
export function createStaleQueue(client: QueryClient) {
  let pending: ServerEvent['stale'] = []
  let isRunning = false
  let isStopped = false

  async function run(): Promise<void> {
    isRunning = true
    while (pending.length > 0 && !isStopped) {
      await new Promise((resolve) => setTimeout(resolve, GATHER_MS))
      const round = pending
      pending = []
      await client.invalidateQueries({ predicate: (query: Query) => isStale(query.queryKey, round) })
    }
    isRunning = false
  }

  return {
    add(stale: ServerEvent['stale']): void {
      pending = [...pending, ...stale]
      if (!isRunning && pending.length > 0) void run()
    },
    everything(): void {
      pending = []
      void client.invalidateQueries()
    },
    stop(): void {
      isStopped = true
      pending = []
    },
  }
}
