import { Transform } from 'node:stream'
import type { ManifestEntry } from '#contract/migrations'
import { AppError, unavailable } from '#server/errors'
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
    if (there?.is_whole || sha256 === EMPTY) {
      done.files += 1
      done.bytes += size
    } else if (!wanted.has(sha256)) {
      const from = Math.min(there?.bytes ?? 0, size)
      wanted.set(sha256, { path, sha256, size, from })
      done.bytes += from
    }
  }
  const list = [...wanted.values()].toSorted((a, b) => b.size - a.size)
  return { wanted: list, bytes: list.reduce((sum, { size, from }) => sum + size - from, 0), done }
}

/** Carries contents from one machine to the other through both tunnels. Answers how many changed on the way. */
export async function copyContents(
  machines: Machines,
  { instanceId, source, target }: Ends,
  { wanted, done }: { wanted: readonly Wanted[]; done: Progress },
  { signal, stallMs, onProgress, isLive }: Options,
): Promise<{ changed: number }> {
  const progress = { ...done }
  const rest = wanted.values()
  const failed = new AbortController()
  const either = AbortSignal.any([signal, failed.signal])
  let changed = 0

  async function carry({ path, sha256, size, from }: Wanted) {
    const over = new AbortController()
    const ended = AbortSignal.any([either, over.signal])
    let stalled = false
    let timer: NodeJS.Timeout | undefined
    const alive = () => {
      clearTimeout(timer)
      timer = setTimeout(() => {
        stalled = true
        over.abort()
      }, stallMs)
    }
    let counted = 0
    try {
      alive()
      const { stream } = await machines.read(source.nodeId, instanceId, { path, from }, ended)
      let left = size - from
      // A file that grew is another one by now; what was announced of it may still be whole.
      const body = new Transform({
        readableHighWaterMark: 256 * 1024,
        transform(chunk: Buffer, _, done) {
          alive()
          const piece = chunk.length > left ? chunk.subarray(0, left) : chunk
          left -= piece.length
          counted += piece.length
          progress.bytes += piece.length
          onProgress(progress)
          done(null, piece)
          if (left === 0 && chunk.length > piece.length) stream.destroy()
        },
      })
      stream.on('error', (error) => left > 0 && body.destroy(error))
      stream.on('close', () => left === 0 && body.end())
      body.on('close', () => stream.destroy())
      stream.pipe(body)
      await machines.write(target.nodeId, instanceId, { token: target.token, sha256, size, from }, body, ended)
      progress.files += 1
      onProgress(progress)
    } catch (error) {
      progress.bytes -= counted
      if (stalled) throw unavailable('agent_timeout', 'No byte of a file came for a minute.', error)
      const isGone =
        error instanceof AppError && ['content_changed', 'file_gone', 'path_not_allowed'].includes(error.code)
      if (!isGone) throw error
      changed += 1
      if (!isLive) throw error
    } finally {
      clearTimeout(timer)
      over.abort()
    }
  }

  async function work() {
    for (const each of rest) {
      either.throwIfAborted()
      await carry(each)
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
