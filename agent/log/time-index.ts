import { readFile } from 'node:fs/promises'
import { isMissing } from '../state.ts'
import { INDEX_ENTRY, indexPath, type Segment } from './segments.ts'

/** Answers when the byte at an offset was printed, from the time indexes beside the segments; reads each one once. */
export function timeIndex(segments: Segment[]) {
  const loaded = new Map<string, Buffer>()

  return async (offset: number): Promise<string | null> => {
    const segment = segments.findLast((candidate) => candidate.start <= offset)
    if (!segment) return null
    let index = loaded.get(segment.path)
    if (!index) loaded.set(segment.path, (index = await readIndex(segment)))
    let low = 0
    let high = Math.floor(index.length / INDEX_ENTRY)
    while (low < high) {
      const middle = (low + high) >> 1
      if (index.readDoubleLE(middle * INDEX_ENTRY) <= offset) low = middle + 1
      else high = middle
    }
    return low === 0 ? null : new Date(index.readDoubleLE((low - 1) * INDEX_ENTRY + 8)).toISOString()
  }
}

async function readIndex(segment: Segment): Promise<Buffer> {
  try {
    return await readFile(indexPath(segment.path))
  } catch (error) {
    if (isMissing(error)) return Buffer.alloc(0)
    throw error
  }
}
