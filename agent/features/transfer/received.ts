import { createHash, type Hash } from 'node:crypto'
import fs, { createReadStream } from 'node:fs'
import { type FileHandle, open, readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import type { Received } from '#contract/transfer'
import { AgentError, conflict, invalid } from '#agent/errors'
import { errorCode, isMissing } from '#agent/state'

const PART = '.part'
const zeros = Buffer.alloc(64 * 1024)

type Piece = { sha256: string; size: number; from: number; body: Readable }

/** Contents that have arrived, each under its hash; one that is under way ends in `.part`. No name from elsewhere is ever a path here. */
export function createReceived(folder: string) {
  const writing = new Map<string, { stop: () => void; done: Promise<unknown> }>()
  const fileOf = (sha256: string) => path.join(folder, sha256)

  async function write({ sha256, size, from, body }: Piece, signal: AbortSignal): Promise<Received> {
    const part = fileOf(sha256) + PART
    const handle = await open(part, 'a').then(async (made) => {
      await made.close()
      return open(part, 'r+')
    })
    try {
      const there = (await handle.stat()).size
      if (from > there) throw conflict('wrong_offset', `There are only ${there} bytes of it.`)
      if (there > from) await handle.truncate(from)
      const sum = createHash('sha256')
      if (from > 0) await readInto(sum, part, from)
      const end = await pour(handle, sum, { size, from, body, signal })
      if (end < size || sum.digest('hex') !== sha256) {
        await rm(part, { force: true })
        throw conflict('content_changed', 'The content is not what was announced; it changed meanwhile.')
      }
    } catch (error) {
      throw asRefusal(error)
    } finally {
      await handle.close()
    }
    await rename(part, fileOf(sha256))
    return { sha256, bytes: size, is_whole: true }
  }

  return {
    fileOf,
    async list(): Promise<Received[]> {
      const names = await readdir(folder).catch(() => [])
      const found: Received[] = []
      for (const name of names) {
        const sha256 = name.replace(PART, '')
        const stats = await stat(path.join(folder, name)).catch(() => undefined)
        if (stats && /^[0-9a-f]{64}$/.test(sha256)) {
          found.push({ sha256, bytes: stats.size, is_whole: name === sha256 })
        }
      }
      return found
    },
    /** Goes on with a content from where the last connection left off. Of two at once the later one counts. */
    async take(piece: Piece): Promise<Received> {
      const { sha256 } = piece
      const before = writing.get(sha256)
      before?.stop()
      await before?.done.catch(() => {})
      const present = await stat(fileOf(sha256)).catch((error: unknown) => {
        if (isMissing(error)) return undefined
        throw error
      })
      if (present?.size === piece.size) {
        piece.body.resume()
        return { sha256, bytes: present.size, is_whole: true }
      }
      const aborter = new AbortController()
      const done = write(piece, aborter.signal)
      const entry = { stop: () => aborter.abort(), done }
      writing.set(sha256, entry)
      try {
        return await done
      } finally {
        if (writing.get(sha256) === entry) writing.delete(sha256)
      }
    },
    /** Several small ones in a row; answers those that are what they should be. A write that does not wait is the quickest for them. */
    async takeMany(pieces: readonly { sha256: string; size: number }[], body: Readable): Promise<string[]> {
      const total = pieces.reduce((sum, { size }) => sum + size, 0)
      const bytes = await readExactly(body, total)
      const whole: string[] = []
      let at = 0
      for (const { sha256, size } of pieces) {
        const piece = bytes.subarray(at, at + size)
        at += size
        if (createHash('sha256').update(piece).digest('hex') !== sha256) continue
        try {
          // Without a name for the time between: one that a crash cut short is told by its length.
          fs.writeFileSync(fileOf(sha256), piece, { mode: 0o600 })
        } catch (error) {
          throw asRefusal(error)
        }
        whole.push(sha256)
      }
      return whole
    },
    async close(): Promise<void> {
      for (const { stop } of writing.values()) stop()
      await Promise.allSettled([...writing.values()].map(({ done }) => done))
    },
  }
}

/** Writes what comes, leaving holes where it is nothing but zeros; answers where it ends. */
async function pour(
  handle: FileHandle,
  sum: Hash,
  { size, from, body, signal }: Pick<Piece, 'size' | 'from' | 'body'> & { signal: AbortSignal },
): Promise<number> {
  let at = from
  for await (const chunk of body as AsyncIterable<Buffer>) {
    signal.throwIfAborted()
    if (at + chunk.length > size) throw invalid('too_much', 'More came than was announced.')
    sum.update(chunk)
    if (!isZero(chunk)) await writeAll(handle, chunk, at)
    at += chunk.length
  }
  signal.throwIfAborted()
  // What ends in a hole is as long as it should be only then.
  if ((await handle.stat()).size < at) await handle.truncate(at)
  return at
}

async function writeAll(handle: FileHandle, chunk: Buffer, at: number) {
  for (let done = 0; done < chunk.length;) {
    done += (await handle.write(chunk, done, chunk.length - done, at + done)).bytesWritten
  }
}

function isZero(chunk: Buffer): boolean {
  if (chunk.length < 4096 || chunk[0] !== 0) return false
  for (let at = 0; at < chunk.length; at += zeros.length) {
    const piece = chunk.subarray(at, at + zeros.length)
    if (!piece.equals(zeros.subarray(0, piece.length))) return false
  }
  return true
}

const asRefusal = (error: unknown) =>
  ['ENOSPC', 'EDQUOT'].includes(errorCode(error) ?? '')
    ? new AgentError(507, 'disk_full', 'The disk of this machine is full.')
    : error

async function readExactly(body: Readable, total: number): Promise<Buffer> {
  const parts: Buffer[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > total) throw invalid('too_much', 'More came than was announced.')
    parts.push(chunk)
  }
  if (size < total) throw invalid('too_little', 'Less came than was announced.')
  return Buffer.concat(parts, size)
}

async function readInto(sum: Hash, file: string, bytes: number) {
  for await (const chunk of createReadStream(file, { end: bytes - 1, highWaterMark: 256 * 1024 })) {
    sum.update(chunk as Buffer)
  }
}
