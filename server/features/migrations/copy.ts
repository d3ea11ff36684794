import { type Readable, Transform } from 'node:stream'
import type { ManifestEntry } from '#contract/migrations'
import { smallFiles } from '#contract/transfer'
import { AppError, conflict, unavailable } from '#server/errors'
import type { Machines, Manifest } from './machines.ts'

/** Files in flight at once: most of them are small, and each waits for two machines. */
const AT_ONCE = 16
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

export type Ends = {
  instanceId: string
  source: { nodeId: string; token: string }
  target: { nodeId: string; token: string }
}
export type Wanted = { path: string; sha256: string; size: number; from: number }
type Progress = { files: number; bytes: number }
type Options = {
  signal: AbortSignal
  stallMs: number
  /** What is whole on the target by now, and what of the rest has arrived. */
  onProgress: (progress: Progress) => void
  /** The server still runs: a file that changes or goes meanwhile is left for the next round. */
  isLive: boolean
}

/** What of a manifest the target lacks, each content once, large ones first so that none is waited for at the end. */
export async function findMissing(
  machines: Machines,
  { instanceId, target }: Ends,
  manifest: Manifest,
  signal: AbortSignal,
): Promise<{ wanted: Wanted[]; bytes: number; done: Progress }> {
  const received = new Map(
    (await machines.received(target.nodeId, instanceId, target.token, signal)).map((each) => [each.sha256, each]),
  )
  const wanted = new Map<string, Wanted>()
  const done = { files: 0, bytes: 0 }
  for (const { type, path, sha256, size } of manifest.entries as (ManifestEntry & { sha256: string })[]) {
    if (type !== 'file') continue
    const there = received.get(sha256)
    if ((there?.is_whole && there.bytes === size) || sha256 === EMPTY) {
      done.files += 1
      done.bytes += size
    } else if (!wanted.has(sha256)) {
      const from = there?.is_whole ? 0 : Math.min(there?.bytes ?? 0, size)
      wanted.set(sha256, { path, sha256, size, from })
      done.bytes += from
    }
  }
  const list = [...wanted.values()].toSorted((a, b) => b.size - a.size)
  return { wanted: list, bytes: list.reduce((sum, { size, from }) => sum + size - from, 0), done }
}

/** Small files go together: a request costs more than they do. */
export function inBatches(wanted: readonly Wanted[]): Wanted[][] {
  const batches: Wanted[][] = []
  let batch: Wanted[] = []
  let characters = 0
  for (const each of wanted) {
    if (each.size > smallFiles.bytes || each.from > 0) {
      batches.push([each])
      continue
    }
    const cost = encodeURIComponent(each.path).length + 20
    if (batch.length >= smallFiles.count || characters + cost > smallFiles.queryCharacters) {
      batches.push(batch)
      batch = []
      characters = 0
    }
    batch.push(each)
    characters += cost
  }
  if (batch.length > 0) batches.push(batch)
  return batches
}

/** Carries contents from one machine to the other through both tunnels. Answers how many changed on the way. */
export async function copyContents(
  machines: Machines,
  { instanceId, source, target }: Ends,
  { wanted, done }: { wanted: readonly Wanted[]; done: Progress },
  { signal, stallMs, onProgress, isLive }: Options,
): Promise<{ changed: number }> {
  const progress = { ...done }
  const rest = inBatches(wanted).values()
  const failed = new AbortController()
  const either = AbortSignal.any([signal, failed.signal])
  let changed = 0

  const note = (files: number, bytes: number) => {
    progress.files += files
    progress.bytes += bytes
    onProgress(progress)
  }

  /** With a signal that ends it when no byte has come for too long. */
  async function watched<R>(work: (signal: AbortSignal, alive: () => void) => Promise<R>): Promise<R> {
    const over = new AbortController()
    let stalled = false
    let timer: NodeJS.Timeout | undefined
    const alive = () => {
      clearTimeout(timer)
      timer = setTimeout(() => {
        stalled = true
        over.abort()
      }, stallMs)
    }
    try {
      alive()
      return await work(AbortSignal.any([either, over.signal]), alive)
    } catch (error) {
      if (stalled) throw unavailable('agent_timeout', 'No byte of a file came for a minute.', error)
      throw error
    } finally {
      clearTimeout(timer)
      over.abort()
    }
  }

  async function carry({ path, sha256, size, from }: Wanted) {
    let counted = 0
    try {
      await watched(async (signal, alive) => {
        const { stream } = await machines.read(source.nodeId, instanceId, { path, from }, signal)
        const body = cutAt(stream, size - from, (bytes) => {
          alive()
          counted += bytes
          note(0, bytes)
        })
        await machines.write(target.nodeId, instanceId, { token: target.token, sha256, size, from }, body, signal)
      })
      note(1, 0)
    } catch (error) {
      progress.bytes -= counted
      if (!hasChanged(error)) throw error
      changed += 1
      if (!isLive) throw error
    }
  }

  async function carryMany(batch: readonly Wanted[]) {
    const whole = await watched(async (signal, alive) => {
      const { stream } = await machines.readMany(source.nodeId, instanceId, batch, signal)
      const body = cutAt(
        stream,
        batch.reduce((sum, { size }) => sum + size, 0),
        alive,
      )
      return new Set(await machines.writeMany(target.nodeId, instanceId, target.token, batch, body, signal))
    })
    const arrived = batch.filter(({ sha256 }) => whole.has(sha256))
    note(
      arrived.length,
      arrived.reduce((sum, { size }) => sum + size, 0),
    )
    changed += batch.length - arrived.length
    if (!isLive && arrived.length < batch.length) {
      throw conflict('content_changed', 'A file of a server that stands still has changed.')
    }
  }

  async function work() {
    for (const batch of rest) {
      either.throwIfAborted()
      const [first] = batch
      if (batch.length === 1 && first) await carry(first)
      else await carryMany(batch)
    }
  }
  try {
    await Promise.all(
      Array.from({ length: AT_ONCE }, () =>
        work().catch((error: unknown) => {
          failed.abort()
          throw error
        }),
      ),
    )
  } finally {
    failed.abort()
  }
  return { changed }
}

const hasChanged = (error: unknown) =>
  error instanceof AppError && ['content_changed', 'file_gone', 'path_not_allowed'].includes(error.code)

/** The first bytes of an answer: of a file that grew, what was announced of it may still be whole. */
function cutAt(stream: Readable, bytes: number, onBytes: (bytes: number) => void): Readable {
  let left = bytes
  const body = new Transform({
    readableHighWaterMark: 256 * 1024,
    transform(chunk: Buffer, _, done) {
      const piece = chunk.length > left ? chunk.subarray(0, left) : chunk
      left -= piece.length
      onBytes(piece.length)
      done(null, piece)
      if (left > 0 || chunk.length === piece.length) return
      body.end()
      stream.destroy()
    },
  })
  stream.on('error', (error) => left > 0 && body.destroy(error))
  body.on('close', () => stream.destroy())
  stream.pipe(body)
  return body
}
