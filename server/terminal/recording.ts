import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { StringDecoder } from 'node:string_decoder'
import type { Clock } from '#server/clock'
import type { TerminalSize } from './source.ts'

/** A longer one ends with a note. */
export const RECORDING_MAX_BYTES = 64 * 1024 * 1024
const BEHIND_BYTES = 1024 * 1024

type Options = { clock: Clock; file: string; size: TerminalSize; title: string; onError: (error: Error) => void }

/**
 * Writes what a shell prints, and when its size changes, as asciicast v2 (https://docs.asciinema.org/manual/asciicast/v2/). What is
 * typed is not written: it may be a password.
 */
export async function openRecording({ clock, file, size, title, onError }: Options) {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const begunAt = clock.now()
  const decoder = new StringDecoder('utf8')
  const stream = createWriteStream(file, { flags: 'wx', mode: 0o600 })
  let bytes = 0
  let isOver = false
  let onDrain = () => {}
  stream.on('drain', () => onDrain())
  stream.on('error', (error) => {
    isOver = true
    onError(error)
    onDrain()
  })

  function line(value: unknown) {
    const text = `${JSON.stringify(value)}\n`
    bytes += Buffer.byteLength(text)
    stream.write(text)
  }
  function event(code: 'o' | 'r' | 'm', data: string) {
    if (isOver) return
    const at = Math.max(0, clock.now() - begunAt) / 1000
    line([at, code, data])
    if (bytes < RECORDING_MAX_BYTES) return
    isOver = true
    line([at, 'm', 'The recording ends here: it is as long as one may be. The session went on.'])
  }

  line({
    version: 2,
    width: size.cols,
    height: size.rows,
    timestamp: Math.floor(begunAt / 1000),
    title,
    env: { TERM: 'xterm-256color' },
  })

  return {
    output(chunk: Buffer): void {
      const text = decoder.write(chunk)
      if (text !== '') event('o', text)
    },
    resize: ({ cols, rows }: TerminalSize) => event('r', `${cols}x${rows}`),
    note: (text: string) => event('m', text),
    /** The disk does not keep up. */
    isBehind: () => !isOver && stream.writableLength > BEHIND_BYTES,
    /** Called when it does again. */
    whenDrained(work: () => void): void {
      onDrain = work
    },
    /** How long the file is, once all of it is there. */
    async close(): Promise<number> {
      const rest = decoder.end()
      if (rest !== '') event('o', rest)
      isOver = true
      if (!stream.closed) await new Promise<void>((resolve) => stream.once('close', resolve).end())
      return bytes
    },
  }
}
export type Recording = Awaited<ReturnType<typeof openRecording>>
