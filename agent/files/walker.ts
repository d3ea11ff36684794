import { type BigIntStats, constants } from 'node:fs'
import fs, { type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { notAFile, notAllowed, telling, throughLink } from './errors.ts'

/**
 * The one way to files that somebody else can change while we look: folders are opened one by one, each from the one before
 * it and none through a link, and what is done in a folder is done through its open descriptor. So a folder that is swapped
 * for a link meanwhile leads nowhere. Only Linux goes on from a descriptor; elsewhere real paths are looked at again.
 */

const isLinux = process.platform === 'linux'
/** Linux: to pass through or to look at, not to read. A folder needs no right to list it, and a device is not woken. */
const O_PATH = 0o10000000

/** A folder that is open. Use it with `await using`. */
export type Folder = {
  /** As people call it. */
  path: string
  /** Its own address, and that of a name in it, good while it is open. */
  self: string
  at: (name: string) => string
  [Symbol.asyncDispose]: () => Promise<void>
}

/** Asked of each folder that is passed and each file that is opened, `address` being the very thing; throws for what nobody may have. */
export type Guard = (stats: BigIntStats, shown: string, address: string) => void | Promise<void>

const addressOf = ({ fd }: FileHandle) => `/proc/self/fd/${fd}`

/** One name within a folder: nothing that the system would take for a way. */
export function requireName(name: string): void {
  if (name === '' || name === '.' || name === '..' || /[/\0]/.test(name)) {
    throw notAllowed(`${JSON.stringify(name)} is not a name.`)
  }
}

async function pass(address: string, shown: string, guard: Guard | undefined): Promise<Folder> {
  if (!isLinux) {
    const stats = await fs.lstat(address, { bigint: true })
    if (!stats.isDirectory() || (await fs.realpath(address)) !== address) throw throughLink(shown)
    await guard?.(stats, shown, address)
    return {
      path: shown,
      self: address,
      at: (name) => path.join(address, name),
      [Symbol.asyncDispose]: async () => {},
    }
  }
  const handle = await fs.open(address, O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW)
  try {
    await guard?.(await handle.stat({ bigint: true }), shown, addressOf(handle))
  } catch (error) {
    await handle.close()
    throw error
  }
  const self = addressOf(handle)
  return { path: shown, self, at: (name) => `${self}/${name}`, [Symbol.asyncDispose]: () => handle.close() }
}

/** A folder of an open one. */
export async function enter(folder: Folder, name: string, guard?: Guard): Promise<Folder> {
  requireName(name)
  const shown = path.join(folder.path, name)
  return telling(shown, () => pass(folder.at(name), shown, guard))
}

/** The folder at the end of an absolute path that has no links, from the top of the file system. */
export async function openFolder(absolute: string, guard?: Guard): Promise<Folder> {
  const { root } = path.parse(absolute)
  let folder = await pass(root, root, guard)
  for (const name of absolute.slice(root.length).split(path.sep).filter(Boolean)) {
    const before = folder
    try {
      folder = await enter(before, name, guard)
    } finally {
      await before[Symbol.asyncDispose]()
    }
  }
  return folder
}

/** What a name is, itself: a link is a link. Undefined when there is none. */
export const look = (folder: Folder, name: string): Promise<BigIntStats | undefined> =>
  telling(path.join(folder.path, name), async () => {
    requireName(name)
    try {
      return await fs.lstat(folder.at(name), { bigint: true })
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
      throw error
    }
  })

/** A regular file for reading. Links, devices, pipes and sockets are refused before anything of them is opened. */
export const openFile = (folder: Folder, name: string, guard?: Guard): Promise<FileHandle> =>
  openRegular(folder, name, constants.O_RDONLY, guard)

/** A file that we made in a folder, for going on with it. One with another name is not ours: that one would be written too. */
export const openOwn = (folder: Folder, name: string): Promise<FileHandle> =>
  openRegular(folder, name, constants.O_WRONLY, ({ nlink }, shown) => {
    if (nlink !== 1n) throw notAllowed(`${shown} has other names.`)
  })

function openRegular(folder: Folder, name: string, access: number, guard: Guard | undefined): Promise<FileHandle> {
  const shown = path.join(folder.path, name)
  const flags = access | constants.O_NONBLOCK
  return telling(shown, async () => {
    requireName(name)
    if (!isLinux) {
      requireRegular(await fs.lstat(folder.at(name), { bigint: true }), shown)
      return checked(await fs.open(folder.at(name), flags | constants.O_NOFOLLOW), shown, guard)
    }
    const seen = await fs.open(folder.at(name), O_PATH | constants.O_NOFOLLOW)
    try {
      requireRegular(await seen.stat({ bigint: true }), shown)
      // Of the very thing that was looked at, whatever its name leads to by now.
      return await checked(await fs.open(addressOf(seen), flags), shown, guard)
    } finally {
      await seen.close()
    }
  })
}

function requireRegular(stats: BigIntStats, shown: string): void {
  if (stats.isSymbolicLink()) throw throughLink(shown)
  if (!stats.isFile()) throw notAFile(shown)
}

async function checked(handle: FileHandle, shown: string, guard: Guard | undefined): Promise<FileHandle> {
  try {
    const stats = await handle.stat({ bigint: true })
    requireRegular(stats, shown)
    await guard?.(stats, shown, isLinux ? addressOf(handle) : shown)
    return handle
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** Makes a folder where there is none, and answers whether it did. */
export async function makeFolder(folder: Folder, name: string, mode = 0o755): Promise<boolean> {
  const shown = path.join(folder.path, name)
  return telling(shown, async () => {
    requireName(name)
    try {
      await fs.mkdir(folder.at(name), mode)
      return true
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
      if (!(await fs.lstat(folder.at(name))).isDirectory()) throw throughLink(shown)
      return false
    }
  })
}

type Owner = { uid: bigint | number; gid: bigint | number }

/** What root makes in somebody's folder belongs to them. */
export async function own(of: Folder | FileHandle, { uid, gid }: Owner): Promise<void> {
  if (process.getuid?.() !== 0) return
  if ('self' in of) await fs.chown(of.self, Number(uid), Number(gid))
  else await of.chown(Number(uid), Number(gid))
}
