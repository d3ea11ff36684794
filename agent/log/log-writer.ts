import fs from 'node:fs'
import { INDEX_ENTRY, indexPath, listSegments, segmentPath, sizeOf } from './segments.ts'

export type LogLimits = { segmentBytes: number; keepBytes: number }
export const defaultLogLimits: LogLimits = { segmentBytes: 4 * 1024 * 1024, keepBytes: 64 * 1024 * 1024 }

/** Lines are given a time to this many milliseconds. */
const INDEX_EVERY_MS = 100
/** A server that prints a byte now and then would fill the index rather than the segment: it is rotated too. */
const INDEX_MAX_BYTES = 512 * 1024

export type LogWriter = ReturnType<typeof openLogWriter>

/**
 * The one writer of a log. It writes at once, on the caller's thread, so that what was appended survives the death of
 * this process; it never waits for a reader.
 */
export function openLogWriter(
  folder: string,
  { segmentBytes, keepBytes }: LogLimits = defaultLogLimits,
  now = Date.now,
) {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
  let segments = listSegments(folder).map(({ start, path }) => ({
    start,
    path,
    bytes: sizeOf(path) + sizeOf(indexPath(path)),
  }))
  const last = segments.at(-1)
  let start = last?.start ?? 0
  let size = last ? sizeOf(last.path) : 0
  let indexBytes = 0
  let lastMark = 0
  let lost = 0
  let fd = -1
  let indexFd = -1
  let lastByte = 10
  openSegment()

  function openSegment() {
    const path = segmentPath(folder, start)
    fd = fs.openSync(path, 'a+', 0o600)
    indexFd = fs.openSync(indexPath(path), 'a', 0o600)
    const torn = sizeOf(indexPath(path)) % INDEX_ENTRY
    if (torn > 0) fs.ftruncateSync(indexFd, sizeOf(indexPath(path)) - torn)
    indexBytes = sizeOf(indexPath(path))
    if (size > 0) {
      const byte = Buffer.alloc(1)
      fs.readSync(fd, byte, 0, 1, size - 1)
      lastByte = byte[0] ?? 10
    }
    if (segments.at(-1)?.start !== start) segments.push({ start, path, bytes: 0 })
  }

  function closeSegment() {
    fs.closeSync(fd)
    fs.closeSync(indexFd)
  }

  function rotate() {
    const current = segments.at(-1)
    if (current) current.bytes = size + indexBytes
    closeSegment()
    start += size
    size = 0
    openSegment()
    let kept = segments.reduce((sum, segment) => sum + segment.bytes, 0)
    while (segments.length > 1 && kept > keepBytes - segmentBytes) {
      const oldest = segments.shift()
      if (!oldest) break
      kept -= oldest.bytes
      remove(oldest.path)
    }
  }

  function mark() {
    const ms = now()
    if (ms - lastMark < INDEX_EVERY_MS && ms >= lastMark) return
    lastMark = ms
    const entry = Buffer.allocUnsafe(INDEX_ENTRY)
    entry.writeDoubleLE(start + size, 0)
    entry.writeDoubleLE(ms, 8)
    fs.writeSync(indexFd, entry)
    indexBytes += INDEX_ENTRY
  }

  /** Answers how many bytes could not be written. */
  function write(data: Buffer): number {
    let done = 0
    try {
      prepare()
      while (done < data.length) {
        const written = fs.writeSync(fd, data, done)
        done += written
        size += written
      }
    } catch {
      // The disk is full or failing. The server must go on, so the rest of this is lost.
    }
    if (done > 0) lastByte = data[done - 1] ?? lastByte
    return data.length - done
  }

  function prepare() {
    if (size >= segmentBytes || indexBytes >= INDEX_MAX_BYTES) rotate()
    mark()
  }

  const writer = {
    /** The offset of the byte that will be written next. */
    get offset() {
      return start + size
    },
    /** Appends bytes. On a full disk they are lost, and the log says how many once it can be written again. */
    append(data: Buffer): void {
      if (data.length === 0) return
      if (lost > 0 && write(noteBytes(`${lost} bytes of output are lost: the disk was full.`, lastByte)) === 0) lost = 0
      lost += lost > 0 ? data.length : write(data)
    },
    /** Appends one dim line of our own. */
    note(text: string): void {
      writer.append(noteBytes(text, lastByte))
    },
    /** Deletes what is kept; offsets go on. */
    clear(): void {
      closeSegment()
      const old = segments
      start += size
      size = 0
      segments = []
      openSegment()
      for (const segment of old) if (segment.start !== start) remove(segment.path)
    },
    close(): void {
      try {
        fs.fsyncSync(fd)
      } catch {
        // A full or failing disk: what could be written is written.
      }
      closeSegment()
    },
  }
  return writer
}

const noteBytes = (text: string, lastByte: number) =>
  Buffer.from(`${lastByte === 10 ? '' : '\r\n'}\x1b[2m[shardlyn] ${text}\x1b[0m\r\n`)

function remove(segment: string) {
  fs.rmSync(segment, { force: true })
  fs.rmSync(indexPath(segment), { force: true })
}
