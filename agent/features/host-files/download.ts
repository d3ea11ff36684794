import type { FileHandle } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import { AgentError } from '#agent/errors'
import { openFile } from '#agent/files/walker'
import type { AgentReply } from '#agent/http'
import { drained } from '#agent/log/instance-log'
import type { Allowed } from './allowed.ts'
import { rangeOf } from './range.ts'
import { versionOf } from './text.ts'

const CHUNK = 256 * 1024

/** The bytes of a file, or some of them. Closes the file whatever happens. */
export async function download(
  allowed: Allowed,
  absolute: string,
  wanted: { range: string | null; ifRange: string | null },
  signal: AbortSignal,
): Promise<AgentReply> {
  const { folder, name, guard, shown } = await allowed.place(absolute)
  await using _ = folder
  const handle = await openFile(folder, name, guard)
  try {
    const stats = await handle.stat({ bigint: true })
    const size = Number(stats.size)
    const etag = `"${versionOf(stats)}"`
    const range = wanted.ifRange !== null && wanted.ifRange !== etag ? undefined : rangeOf(wanted.range, size)
    if (range === null) {
      throw new AgentError(416, 'range_not_there', `${shown} has ${size} bytes; what is asked for begins behind them.`)
    }
    const { from, to } = range ?? { from: 0, to: size - 1 }
    // Whoever asked may be gone before the first byte; then nobody pours.
    let isPouring = false
    const leave = () => {
      if (!isPouring) void handle.close()
    }
    signal.addEventListener('abort', leave, { once: true })
    if (signal.aborted) leave()
    return {
      status: range ? 206 : 200,
      headers: {
        'content-type': 'application/octet-stream',
        'content-length': String(to - from + 1),
        ...(range && { 'content-range': `bytes ${from}-${to}/${size}` }),
        etag,
        'last-modified': stats.mtime.toUTCString(),
      },
      stream(sink) {
        isPouring = true
        return pour(handle, from, to + 1, sink, signal)
      },
    }
  } catch (error) {
    await handle.close()
    throw error
  }
}

async function pour(handle: FileHandle, from: number, end: number, sink: Writable, signal: AbortSignal): Promise<void> {
  try {
    for (let at = from; at < end && !signal.aborted && !sink.destroyed;) {
      const length = Math.min(CHUNK, end - at)
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(length), 0, length, at)
      // Cut off while it was read. The announced length is not to be had any more, and nobody may take this for the whole.
      if (bytesRead === 0) throw new AgentError(409, 'file_changed', 'The file became shorter while it was read.')
      at += bytesRead
      if (!sink.write(buffer.subarray(0, bytesRead))) await drained(sink, signal)
    }
  } finally {
    await handle.close()
  }
}
