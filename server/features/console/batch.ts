/** With many viewers small pieces wait so long for company: a frame for each would cost more than its bytes. */
const BATCH_MS = 4
const BATCH_BYTES = 32 * 1024
const FEW = 4

/** Collects pieces of output until they are worth a frame. With few viewers every piece is, so that typing feels at hand. */
export function createBatch(flush: () => void) {
  let pending: Buffer[] = []
  let size = 0
  let timer: NodeJS.Timeout | undefined
  return {
    add(chunk: Buffer, viewers: number): void {
      pending.push(chunk)
      size += chunk.length
      if (viewers <= FEW || size >= BATCH_BYTES) flush()
      else timer ??= setTimeout(flush, BATCH_MS)
    },
    /** What was collected; the batch is empty then. */
    take(): readonly Buffer[] {
      clearTimeout(timer)
      timer = undefined
      const taken = pending
      pending = []
      size = 0
      return taken
    },
  }
}
