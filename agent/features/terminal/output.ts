/** What a shell printed and nobody has confirmed yet, by its offsets. */
export function createOutput() {
  let chunks: { start: number; data: Buffer }[] = []
  let oldest = 0
  let newest = 0
  const waiting = new Set<() => void>()

  return {
    /** Of the oldest byte that is here, and of the next one. */
    oldest: () => oldest,
    newest: () => newest,
    push(data: Buffer): void {
      chunks.push({ start: newest, data })
      newest += data.length
      this.wake()
    },
    /** Whoever waits looks again. */
    wake(): void {
      const woken = [...waiting]
      waiting.clear()
      for (const wake of woken) wake()
    },
    /** What lies before an offset is not asked for again. */
    forget(before: number): void {
      const to = Math.min(before, newest)
      if (to <= oldest) return
      oldest = to
      chunks = chunks.filter(({ start, data }) => start + data.length > to)
    },
    /** What lies from an offset on, at most so much in one piece; empty at the end. */
    read(from: number, max: number): Buffer {
      const parts: Buffer[] = []
      let size = 0
      for (const { start, data } of chunks) {
        if (start + data.length <= from || size >= max) continue
        const part = data.subarray(Math.max(0, from - start))
        parts.push(part)
        size += part.length
      }
      const [only] = parts
      return parts.length === 1 && only ? only : Buffer.concat(parts, size)
    },
    /** Resolves at the next `push` or `wake`, or when the signal is aborted. */
    changed(signal: AbortSignal): Promise<void> {
      if (signal.aborted) return Promise.resolve()
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
export type Output = ReturnType<typeof createOutput>
