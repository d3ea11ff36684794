import { type BigIntStats, constants } from 'node:fs'
import fs, { type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { conflict } from '#agent/errors'
import { errorCode, syncFolder } from '#agent/state'
import { notAFile, telling } from './errors.ts'
import { type Folder, look, own, requireName } from './walker.ts'

/** A new file of our own, that nobody else opened before. */
export const createFile = (folder: Folder, name: string, mode = 0o600): Promise<FileHandle> =>
  telling(path.join(folder.path, name), () =>
    fs.open(folder.at(name), constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, mode),
  )

type Place = {
  /** What is to be there until the last moment; null: nothing; undefined: whatever is there is replaced. */
  expected?: BigIntStats | null | undefined
  /** Of a file that is new. */
  mode?: number
}

const isSame = (a: BigIntStats, b: BigIntStats) => a.ino === b.ino && a.dev === b.dev && a.mtimeNs === b.mtimeNs

/** Puts a file that is written whole into the place of another, with that one’s owner and mode, or the folder’s owner. */
export async function putInPlace(
  folder: Folder,
  temporary: { name: string; handle: FileHandle },
  name: string,
  { expected, mode = 0o644 }: Place = {},
): Promise<void> {
  requireName(name)
  const shown = path.join(folder.path, name)
  await telling(shown, async () => {
    const { handle } = temporary
    const present = await look(folder, name)
    if (present && !present.isFile()) throw notAFile(shown)
    if (present && expected === null) throw conflict('file_exists', `${shown} is there already.`)
    if (expected && !(present && isSame(present, expected))) throw changed(shown)
    // As the system does it for whoever writes: what runs as its owner is not replaced by somebody else’s bytes.
    await own(handle, present ?? (await fs.stat(folder.self)))
    await handle.chmod(present ? Number(present.mode & 0o777n) : mode)
    await handle.sync()
    if (expected === null) await linkNew(folder, temporary.name, name)
    else await fs.rename(folder.at(temporary.name), folder.at(name))
    await syncFolder(folder.self)
  })
}

export const changed = (shown: string) =>
  conflict('file_changed', `${shown} has changed since it was read. Look at what is there now, or keep both.`)

/** A link is made only where nothing is, so of two who make a file at once one is told. */
async function linkNew(folder: Folder, temporary: string, name: string): Promise<void> {
  try {
    await fs.link(folder.at(temporary), folder.at(name))
    await fs.unlink(folder.at(temporary))
  } catch (error) {
    // FAT knows no second names.
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'ENOSYS'].includes(errorCode(error) ?? '')) throw error
    await fs.rename(folder.at(temporary), folder.at(name))
  }
}

let made = 0

/** Writes a small file whole. `stop` is asked for nothing once it is in place. */
export async function replaceFile(folder: Folder, name: string, content: string | Buffer, place?: Place) {
  requireName(name)
  const temporary = `.${Array.from(name).slice(0, 40).join('')}.${process.pid}-${++made}.tmp`
  const handle = await createFile(folder, temporary)
  try {
    await telling(path.join(folder.path, name), () => handle.writeFile(content))
    await putInPlace(folder, { name: temporary, handle }, name, place)
    return await handle.stat({ bigint: true })
  } catch (error) {
    await fs.rm(folder.at(temporary), { force: true }).catch(() => {})
    throw error
  } finally {
    await handle.close()
  }
}
