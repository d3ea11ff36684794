/** Who waits for a machine to be back. */
export function createWakes() {
  const waiting = new Map<string, Set<() => void>>()
  return {
    /** Calls `wake` whenever the machine connects; returns what stops it. */
    whenConnected(nodeId: string, wake: () => void): () => void {
      const set = waiting.get(nodeId) ?? new Set()
      waiting.set(nodeId, set.add(wake))
      return () => {
        set.delete(wake)
        if (set.size === 0 && waiting.get(nodeId) === set) waiting.delete(nodeId)
      }
    },
    /** For `agents.listen`. */
    async onState(nodeId: string, state: 'connected' | 'lost'): Promise<void> {
      if (state === 'connected') for (const wake of waiting.get(nodeId) ?? []) wake()
    },
  }
}
export type Wakes = ReturnType<typeof createWakes>
