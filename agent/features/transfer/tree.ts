import { constants } from 'node:fs'
import { type FileHandle, lstat, open, readdir } from 'node:fs/promises'
import path from 'node:path'
import { conflict, invalid, notFound } from '#agent/errors'
import { errorCode, isMissing } from '#agent/state'

/** An open folder, and the way to what is in it that no link can turn aside. */
export type Folder = { at: (name: string) => string; close: () => Promise<void> }

const isLinux = process.platform === 'linux'
const leaves = (shown: string) => invalid('path_not_allowed', `The path ${shown} goes through a link or a file.`)

/** Opens a folder without following a link that stands in its place. Its way must have been opened likewise. */
export async function openFolder(folder: string, shown: string): Promise<Folder> {
  if (!isLinux) {
    if (!(await lstat(folder)).isDirectory()) throw leaves(shown)
    return { at: (name) => path.join(folder, name), close: async () => {} }
  }
  try {
    const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW)
    return { at: (name) => `/proc/self/fd/${handle.fd}/${name}`, close: () => handle.close() }
  } catch (error) {
    if (['ELOOP', 'ENOTDIR'].includes(errorCode(error) ?? '')) throw leaves(shown)
    throw error
  }
}

/** Opens a file for reading that lies below `root`, following no link on the way. */
export async function openFile(root: string, relative: string): Promise<FileHandle> {
  const parts = relative.split('/')
  const name = parts.pop() ?? ''
  if ([...parts, name].some((part) => part === '' || part === '.' || part === '..' || part.includes('\0'))) {
    throw invalid('path_not_allowed', `The path ${relative} leads out of the server’s folder.`)
  }
  let folder = await openFolder(root, '.')
  try {
    for (const part of parts) {
      const next = await openFolder(folder.at(part), relative)
      await folder.close()
      folder = next
    }
    const flags = constants.O_RDONLY | (isLinux ? constants.O_NOFOLLOW | constants.O_NONBLOCK : 0)
    const handle = await open(folder.at(name), flags)
    if ((await handle.stat()).isFile()) return handle
    await handle.close()
    throw leaves(relative)
  } catch (error) {
    if (isMissing(error)) throw notFound('file_gone', `${relative} is not there any more.`)
    if (errorCode(error) === 'ELOOP') throw leaves(relative)
    if (['EACCES', 'EPERM'].includes(errorCode(error) ?? '')) {
      throw conflict('file_not_readable', `${relative} cannot be read by the agent; it belongs to another user.`)
    }
    throw error
  } finally {
    await folder.close()
  }
}

/** The names in a folder. One that is no UTF-8 cannot be told to another machine. */
export async function namesIn(folder: Folder, shown: string): Promise<string[]> {
  const names = await readdir(folder.at('.'), { encoding: 'buffer' })
  return names.map((bytes) => {
    const name = bytes.toString('utf8')
    if (Buffer.from(name).equals(bytes)) return name
    throw conflict('name_not_movable', `A name in ${shown} is not in UTF-8. Rename it, then move the server.`)
  })
}
