import { open } from 'node:fs/promises'
import { isMissing } from '../state.ts'
import { listSegments, type Segment } from './segments.ts'

/** The bytes from `from` up to `to`, as far as they are still kept, in chunks of at most `chunkBytes`. */
export async function* readRange(folder: string, from: number, to: number, chunkBytes = 256 * 1024) {
  const segments = listSegments(folder)
  for (const [at, segment] of segments.entries()) {
    const end = Math.min(to, segments[at + 1]?.start ?? to)
    if (end <= from || segment.start >= to) continue
    yield* readSegment(segment, Math.max(from, segment.start), end, chunkBytes)
  }
}

async function* readSegment(segment: Segment, from: number, to: number, chunkBytes: number) {
  let handle
  try {
    handle = await open(segment.path, 'r')
  } catch (error) {
    // It was rotated away while we read the ones before it.
    if (isMissing(error)) return
    throw error
  }
  try {
    for (let position = from; position < to;) {
      const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, to - position))
      const { bytesRead } = await handle.read(chunk, 0, chunk.length, position - segment.start)
      if (bytesRead === 0) return
      yield { offset: position, data: chunk.subarray(0, bytesRead) }
      position += bytesRead
    }
  } finally {
    await handle.close()
  }
}
