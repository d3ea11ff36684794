import { ApiError } from '../../lib/api.ts'
import type { FileSource } from './file-source.ts'

const MAX_WAIT_MS = 15_000
/** Without a byte more in between: about an hour, for a machine that is restarted or moved to another socket. */
const MAX_ATTEMPTS = 240

/** The file was moved, changed or deleted on the person's own computer: asking again helps nobody. */
export class UnreadableFile extends Error {}

/** A browser tells of a file that it cannot read as of a connection that broke. */
async function checkReadable(file: Blob, from: number): Promise<void> {
  await file
    .slice(from, from + 1)
    .arrayBuffer()
    .catch((error: unknown) => {
      throw new UnreadableFile('The file cannot be read.', { cause: error })
    })
}

const resumes = new Set(['upload_incomplete', 'upload_offset_wrong'])
const mayGoOn = (error: unknown) =>
  error instanceof ApiError &&
  (error.status === 0 ||
    error.status === 401 ||
    error.status === 429 ||
    (error.status >= 502 && error.status !== 507) ||
    resumes.has(error.problem.code))

const pause = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => (clearTimeout(timer), reject(signal.reason as Error)), { once: true })
  })

type Watch = {
  signal: AbortSignal
  onProgress: (sent: number) => void
  /** It broke off and waits to go on. */
  onBroken: () => void
  pauseMs?: number
}

/** Sends a file whole, and goes on from where it is when the way breaks off. */
export async function sendFile(
  source: Pick<FileSource, 'upload' | 'uploadOffset'>,
  file: Blob,
  path: string,
  overwrite: boolean,
  { signal, onProgress, onBroken, pauseMs = 500 }: Watch,
): Promise<void> {
  let offset: number | undefined
  let attempts = 0
  for (;;) {
    try {
      const from = offset ?? 0
      await source.upload(
        path,
        file.slice(from),
        { size: file.size, offset, overwrite },
        { signal, onProgress: (sent) => onProgress(Math.min(from + sent, file.size)) },
      )
      return
    } catch (error) {
      if (signal.aborted || !mayGoOn(error)) throw error
      await checkReadable(file, offset ?? 0)
      onBroken()
      const before = offset ?? 0
      for (;;) {
        if (++attempts > MAX_ATTEMPTS) throw error
        await pause(Math.min(pauseMs * 2 ** attempts, MAX_WAIT_MS), signal)
        try {
          offset = await source.uploadOffset(path, signal)
          break
        } catch (failure) {
          if (signal.aborted || !mayGoOn(failure)) throw failure
        }
      }
      if (offset > before) attempts = 0
      onProgress(offset)
    }
  }
}
