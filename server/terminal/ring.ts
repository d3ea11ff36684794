/** The newest bytes of a console or terminal, addressed by their offsets. Its memory is given once and never grows. */
export function createRing(capacity: number) {
  const bytes = Buffer.allocUnsafe(capacity)
  let start = 0
  let end = 0

  return {
    /** The oldest and the next offset. */
    start: () => start,
    end: () => end,
    /** Forgets everything; the next byte has this offset. */
    reset(offset: number): void {
      start = offset
      end = offset
    },
    write(chunk: Buffer): void {
      const kept = chunk.length > capacity ? chunk.subarray(chunk.length - capacity) : chunk
      const at = (end + chunk.length - kept.length) % capacity
      const first = Math.min(kept.length, capacity - at)
      kept.copy(bytes, at, 0, first)
      kept.copy(bytes, 0, first)
      end += chunk.length
      start = Math.max(start, end - capacity)
    },
    /** What `read` copies, as it lies here: only until the next `write`. */
    peek(from: number, max: number): Buffer[] {
      const length = Math.min(max, end - from)
      const at = from % capacity
      const first = Math.min(length, capacity - at)
      const part = bytes.subarray(at, at + first)
      return first === length ? [part] : [part, bytes.subarray(0, length - first)]
    },
    /** A copy of at most `max` bytes from an offset that is still here. */
    read(from: number, max: number): Buffer {
      return Buffer.concat(this.peek(from, max))
    },
    /** The offset after the first line end at or after `from`, or `from` itself where none is near. */
    lineStart(from: number, within: number): number {
      if (from <= start) return start
      const near = this.read(from, within)
      const found = near.indexOf(10)
      return found === -1 ? from : from + found + 1
    },
  }
}
export type Ring = ReturnType<typeof createRing>
