import { createHash } from 'node:crypto'
import type { BigIntStats } from 'node:fs'
import fs from 'node:fs/promises'
import type { Static } from 'typebox'
import { type HostFileContent, MAX_TEXT } from '#contract/host-files'
import { AgentError } from '#agent/errors'
import { telling } from '#agent/files/errors'
import { changed, replaceFile } from '#agent/files/replace'
import { look, openFile } from '#agent/files/walker'
import type { Allowed } from './allowed.ts'
import { timeOf } from './list.ts'

type Content = Static<typeof HostFileContent>
const ATTEMPTS = 3
/** Of a hundred characters: more control characters than coloured logs have. */
const MAX_CONTROLS = 10
/** A short text may well be nothing but a colour. */
const FEW = 64

/** Which file it is, and as of when. */
export const versionOf = ({ dev, ino, mtimeNs, size }: BigIntStats): string =>
  createHash('sha256').update(`${dev}:${ino}:${mtimeNs}:${size}`).digest('hex').slice(0, 32)

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const notText = () =>
  new AgentError(415, 'not_text', 'This file is not text in UTF-8. Download it to look at it with its own program.')

export const tooLarge = () =>
  new AgentError(413, 'file_too_large', 'Up to 4 MiB are shown and edited as text. Download the file instead.')

function decode(bytes: Buffer): string {
  // oxlint-disable-next-line no-control-regex -- they are what is counted
  const controls = bytes.toString('latin1').match(/[\x00-\x08\x0b\x0e-\x1f]/g)?.length ?? 0
  const isBinary = controls > FEW && controls * 100 > bytes.length * MAX_CONTROLS
  if (bytes.includes(0) || isBinary) throw notText()
  try {
    return utf8.decode(bytes)
  } catch {
    throw notText()
  }
}

/** Small files as text, read and written whole. */
export function createTexts(allowed: Allowed) {
  const busy = new Map<string, Promise<unknown>>()

  /** One after the other, for one file. */
  function alone<A>(key: string, work: () => Promise<A>): Promise<A> {
    const done = (busy.get(key) ?? Promise.resolve()).then(work, work)
    const settled = done.then(
      () => {},
      () => {},
    )
    busy.set(key, settled)
    void settled.then(() => busy.get(key) === settled && busy.delete(key))
    return done
  }

  const facts = (shown: string, stats: BigIntStats, isWritable: boolean) => ({
    path: shown,
    version: versionOf(stats),
    size: Number(stats.size),
    modified_at: timeOf(stats),
    is_writable: isWritable,
  })

  return {
    async read(absolute: string): Promise<Content> {
      const { folder, name, guard, shown } = await allowed.place(absolute)
      await using _ = folder
      await using handle = await openFile(folder, name, guard)
      return await telling(shown, async () => {
        let before = await handle.stat({ bigint: true })
        for (let attempt = 1; ; attempt++) {
          if (before.size > MAX_TEXT) throw tooLarge()
          const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAX_TEXT + 1), 0, MAX_TEXT + 1, 0)
          if (bytesRead > MAX_TEXT) throw tooLarge()
          const after = await handle.stat({ bigint: true })
          // What is written while it is read is read again; with the older version, so that a change of it is refused.
          if (versionOf(after) === versionOf(before) || attempt === ATTEMPTS) {
            const isWritable =
              allowed.isWritable &&
              (await fs.access(folder.self, fs.constants.W_OK).then(
                () => true,
                () => false,
              ))
            return { ...facts(shown, before, isWritable), content: decode(buffer.subarray(0, bytesRead)) }
          }
          before = after
        }
      })
    },

    /** `version` null: the file is to be new; undefined: whatever is there is replaced. */
    async write(
      absolute: string,
      bytes: Buffer,
      version: string | null | undefined,
    ): Promise<Omit<Content, 'content'>> {
      allowed.requireWritable()
      if (bytes.length > MAX_TEXT) throw tooLarge()
      const { folder, name, shown } = await allowed.place(absolute)
      await using _ = folder
      return await alone(shown, async () => {
        const present = await look(folder, name)
        if (typeof version === 'string' && (!present || versionOf(present) !== version)) throw changed(shown)
        const expected = version === undefined ? undefined : version === null ? null : present
        return facts(shown, await replaceFile(folder, name, bytes, { expected }), true)
      })
    },
  }
}
