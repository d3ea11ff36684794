import type { IncomingMessage } from 'node:http'
import type { Writable } from 'node:stream'
import { drained } from '#agent/log/instance-log'
import { type Container } from './container-actions.ts'
import type { EngineApi } from './engine-api.ts'

export type LogsWanted = { tail: number; follow: boolean; timestamps: boolean }

/** Before each piece: which stream it is of, three bytes that are nothing, and how long it is. */
const HEADER = 8

/** Takes the headers out of what the engine mixes of standard output and errors. A piece may come in any number of parts. */
export function createDemultiplexer(): (chunk: Buffer) => Buffer {
  let header = Buffer.alloc(0)
  let left = 0
  return (chunk) => {
    const parts: Buffer[] = []
    for (let at = 0; at < chunk.length;) {
      if (left > 0) {
        const part = chunk.subarray(at, at + left)
        parts.push(part)
        left -= part.length
        at += part.length
        continue
      }
      const taken = chunk.subarray(at, at + HEADER - header.length)
      header = Buffer.concat([header, taken])
      at += taken.length
      if (header.length < HEADER) break
      left = header.readUInt32BE(4)
      header = Buffer.alloc(0)
    }
    return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)
  }
}

export function openLogs(engine: EngineApi, container: Container, wanted: LogsWanted, signal: AbortSignal) {
  const query = new URLSearchParams({
    stdout: '1',
    stderr: '1',
    tail: String(wanted.tail),
    ...(wanted.follow && { follow: '1' }),
    ...(wanted.timestamps && { timestamps: '1' }),
  })
  return engine.open(`/containers/${container.id}/logs?${query.toString()}`, signal)
}

/** Writes a log as fast as the viewer takes it; returns when the container ended, the log did, or the viewer left. */
export async function pourLogs(
  response: IncomingMessage,
  isTerminal: boolean,
  sink: Writable,
  signal: AbortSignal,
): Promise<void> {
  const plain = isTerminal ? (chunk: Buffer) => chunk : createDemultiplexer()
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      if (sink.destroyed || signal.aborted) return
      const text = plain(chunk)
      if (text.length > 0 && !sink.write(text)) await drained(sink, signal)
    }
  } catch (error) {
    // Whoever left ended it; an engine that ended meanwhile is the end of the log as well.
    if (!signal.aborted && !response.aborted) throw error
  } finally {
    response.destroy()
  }
}
