import fs from 'node:fs'
import path from 'node:path'
import { isMissing } from '../state.ts'

/**
 * A log is a folder of segment files, each named by the offset of its first byte, counted over the whole life of the
 * server. Beside `<start>.log` lies `<start>.idx`: pairs of doubles (offset, milliseconds) that give lines a time.
 */
export type Segment = { start: number; path: string }

export const segmentPath = (folder: string, start: number) =>
  path.join(folder, `${String(start).padStart(16, '0')}.log`)
export const indexPath = (segment: string) => `${segment.slice(0, -4)}.idx`

/** Bytes of one entry of a time index. */
export const INDEX_ENTRY = 16

/** The segments that are kept, oldest first. */
export function listSegments(folder: string): Segment[] {
  let names: string[]
  try {
    names = fs.readdirSync(folder)
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
  return names
    .filter((name) => /^\d{16}\.log$/.test(name))
    .sort()
    .map((name) => ({ start: Number(name.slice(0, -4)), path: path.join(folder, name) }))
}

/** Offsets of the oldest byte that is kept, and of the byte that will be written next. */
export function logRange(folder: string): { oldest: number; newest: number } {
  const segments = listSegments(folder)
  const last = segments.at(-1)
  return { oldest: segments[0]?.start ?? 0, newest: last ? last.start + sizeOf(last.path) : 0 }
}

export function sizeOf(file: string): number {
  return fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0
}

/** The start of the segment that holds `offset`; undefined when it is not kept. */
export function segmentAt(segments: Segment[], offset: number): Segment | undefined {
  return segments.findLast((segment) => segment.start <= offset)
}
