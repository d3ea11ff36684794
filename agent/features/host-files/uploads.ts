import fs, { type FileHandle } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { AgentError, conflict, invalid } from '#agent/errors'
import { notAFile, notAllowed, telling } from '#agent/files/errors'
import { createFile, putInPlace } from '#agent/files/replace'
import { type Folder, look, openOwn } from '#agent/files/walker'
import type { Allowed } from './allowed.ts'
import type { createUnfinished } from './unfinished.ts'
import { isTemporary, temporaryName } from './upload-names.ts'

/** Whose upload it is: going on with one and beginning a second one do not meet. */
type Target = { path: string; key: string }
type Wanted = Target & { size: number; offset: number | undefined; overwrite: boolean }
type Deps = { allowed: Allowed; unfinished: ReturnType<typeof createUnfinished> }

const replaced = () => conflict('upload_replaced', 'The same upload was begun or went on elsewhere, and goes on there.')
const exists = (shown: string) => conflict('file_exists', `${shown} is there already.`)

/** Files that arrive in pieces, and are in place only once all of them is there. */
export function createUploads({ allowed, unfinished }: Deps) {
  const active = new Map<string, { giveWay: () => void; done: Promise<unknown> }>()

  async function at(target: Target) {
    allowed.requireWritable()
    const { folder, name, shown } = await allowed.place(target.path)
    if (isTemporary(name)) {
      await folder[Symbol.asyncDispose]()
      throw notAllowed('Names of this form are for uploads that are under way.')
    }
    return { folder, name, shown, temporary: temporaryName(shown, name, target.key) }
  }

  /** Has whoever writes to it now give way, and keeps the next one waiting until `work` has ended. */
  async function takeOver<A>(temporary: string, work: (given: Promise<never>) => Promise<A>): Promise<A> {
    const before = active.get(temporary)
    const way = Promise.withResolvers<never>()
    way.promise.catch(() => {})
    before?.giveWay()
    const done = (before?.done.catch(() => {}) ?? Promise.resolve()).then(() => work(way.promise))
    const entry = { giveWay: () => way.reject(replaced()), done }
    active.set(temporary, entry)
    try {
      return await done
    } finally {
      if (active.get(temporary) === entry) active.delete(temporary)
    }
  }

  return {
    isBusy: (temporary: string) => active.has(temporary),

    /** How much is there. */
    async offset(target: Target): Promise<number> {
      const { folder, temporary } = await at(target)
      await using _ = folder
      const stats = await look(folder, temporary)
      return stats?.isFile() ? Number(stats.size) : 0
    },

    async cancel(target: Target): Promise<void> {
      const { folder, temporary } = await at(target)
      await using _ = folder
      await takeOver(temporary, () => remove(folder, temporary))
    },

    async receive(wanted: Wanted, body: Readable): Promise<number> {
      const { folder, name, shown, temporary } = await at(wanted)
      await using _ = folder
      return await takeOver(temporary, async (given) => {
        const present = await look(folder, name)
        if (present && !present.isFile()) throw notAFile(shown)
        if (present && !wanted.overwrite) throw exists(shown)
        await using handle = await begin(folder, temporary, wanted)
        try {
          await take(handle, body, wanted, shown, given)
        } catch (error) {
          // Of no use to go on with, or what keeps the disk full.
          if (error instanceof AgentError && [413, 507].includes(error.status)) await remove(folder, temporary)
          throw error
        }
        const expected = wanted.overwrite ? undefined : null
        await putInPlace(folder, { name: temporary, handle }, name, { expected })
        await unfinished.forget(folder.path, temporary)
        return wanted.size
      })
    },
  }

  async function remove(folder: Folder, temporary: string): Promise<void> {
    await telling(folder.path, () => fs.rm(folder.at(temporary), { force: true }))
    await unfinished.forget(folder.path, temporary)
  }

  async function begin(folder: Folder, temporary: string, { size, offset }: Wanted): Promise<FileHandle> {
    if (offset === undefined) await remove(folder, temporary)
    const there = Number((await look(folder, temporary))?.size ?? 0)
    if (offset !== undefined && offset > there) {
      throw conflict('upload_offset_wrong', `Of this upload ${there} bytes are there. Go on from there.`)
    }
    const { bavail, bsize } = await fs.statfs(folder.self)
    if (bavail * bsize < size - there) {
      throw new AgentError(507, 'disk_full', 'There is not enough room on the disk of this machine for this file.')
    }
    // An empty one is made anew: whatever lies there, it is then ours.
    if (there === 0) await remove(folder, temporary)
    await unfinished.note(folder.path, temporary)
    if (there === 0) return createFile(folder, temporary)
    const handle = await openOwn(folder, temporary)
    await handle.truncate(offset)
    return handle
  }
}

async function take(
  handle: FileHandle,
  body: Readable,
  { size, offset = 0 }: Wanted,
  shown: string,
  given: Promise<never>,
): Promise<void> {
  let at = offset
  const chunks = (body as AsyncIterable<Buffer>)[Symbol.asyncIterator]()
  for (;;) {
    const next = await Promise.race([chunks.next(), given])
    if (next.done) break
    const { value } = next
    if (at + value.length > size) {
      throw new AgentError(413, 'upload_too_large', 'More bytes arrived than were announced.')
    }
    await telling(shown, async () => {
      for (let from = 0; from < value.length;) {
        from += (await handle.write(value, from, value.length - from, at + from)).bytesWritten
      }
    })
    at += value.length
  }
  if (at < size) throw invalid('upload_incomplete', `${at} of ${size} bytes have arrived. Go on from there.`)
}
