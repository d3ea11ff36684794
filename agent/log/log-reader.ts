import { open, type FileHandle } from 'node:fs/promises'
import { isMissing } from '../state.ts'
import type { LogFeed } from './log-feed.ts'
import { listSegments, segmentAt, segmentPath } from './segments.ts'

const CHUNK_BYTES = 256 * 1024

/** Where to begin: at an offset, or this many bytes before the end. */
export type ReadFrom = { from: number } | { tail: number }

export type LogReading = {
  /** Of the first byte that will be read. */
  offset: number
  oldest: number
  newest: number
  /** The bytes, following the log until aborted. Ends by itself when the reader fell behind what is kept. */
  chunks: AsyncGenerator<Buffer, void, undefined>
}

/**
 * Reads a log and follows it. Readers read the files, never the writer, so none of them can hold it up; a slow one only
 * risks that the segment it needs is deleted.
 */
export function readLog(folder: string, feed: LogFeed, begin: ReadFrom, signal: AbortSignal): LogReading {
  const oldest = listSegments(folder)[0]?.start ?? 0
  const newest = Math.max(oldest, feed.newest())
  const wanted = 'from' in begin ? begin.from : newest - begin.tail
  const offset = Math.min(newest, Math.max(oldest, wanted))
  return { offset, oldest, newest, chunks: follow(folder, feed, offset, signal) }
}

async function* follow(folder: string, feed: LogFeed, from: number, signal: AbortSignal) {
  let position = from
  let segment: { start: number; handle: FileHandle } | undefined
  try {
    while (!signal.aborted) {
      if (position >= feed.newest()) {
        await feed.beyond(position, signal)
        continue
      }
      segment ??= await openAt(folder, position)
      if (!segment) return
      const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, feed.newest() - position))
      const { bytesRead } = await segment.handle.read(chunk, 0, chunk.length, position - segment.start)
      if (bytesRead > 0) {
        position += bytesRead
        yield bytesRead === chunk.length ? chunk : chunk.subarray(0, bytesRead)
        continue
      }
      // The feed is ahead and this segment has ended, so the next one begins exactly here.
      const ended = segment
      segment = undefined
      await ended.handle.close()
      if (ended.start === position) return
      segment = await openExactly(folder, position)
      if (!segment) return
    }
  } finally {
    await segment?.handle.close()
  }
}

async function openAt(folder: string, position: number) {
  const segment = segmentAt(listSegments(folder), position)
  return segment && openExactly(folder, segment.start)
}

async function openExactly(folder: string, start: number) {
  try {
    return { start, handle: await open(segmentPath(folder, start), 'r') }
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}
