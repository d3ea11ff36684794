import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** The bytes of a file are on the disk when this returns. */
export async function syncFile(file: string): Promise<void> {
  const handle = await open(file, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** So are the names in a folder, where the system can be told to. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

export async function writeWhole(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

export async function measure(file: string, signal?: AbortSignal): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file, { ...(signal && { signal }) })) hash.update(chunk as Buffer)
  return { bytes: (await stat(file)).size, sha256: hash.digest('hex') }
}

export const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

/** With the folders above it. Not Node's own, which asks for ever where the system lets nobody make any, as in /proc. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' && (await stat(folder)).isDirectory()) return
    if (code !== 'ENOENT' || (await exists(dirname(folder)))) throw error
    await makeFolder(dirname(folder))
    await mkdir(folder, { mode: 0o700 })
  }
}

/** Removes what an interrupted piece of work left in a folder. */
export async function removeLeftovers(folder: string, isLeftover: (name: string) => boolean): Promise<void> {
  for (const name of await readdir(folder)) {
    if (isLeftover(name)) await rm(join(folder, name), { recursive: true, force: true })
  }
}

const full = new Set(['ENOSPC', 'EDQUOT', 'SQLITE_FULL'])
const closed = new Set(['EACCES', 'EPERM', 'EROFS', 'SQLITE_CANTOPEN', 'SQLITE_READONLY'])
const absent = new Set(['ENOENT', 'ENOTDIR', 'EEXIST', 'ELOOP', 'ENAMETOOLONG'])

/** What went wrong with a folder, for the person who chose it. */
export function reasonOf(error: unknown, folder: string): string {
  const { code = '', message, name } = error as NodeJS.ErrnoException
  if (full.has(code)) return `The disk is full. Make room for ${folder}, or choose another folder.`
  if (closed.has(code)) {
    return `Shardlyn may not write to ${folder} (${code}). Change its rights, or choose another folder.`
  }
  if (absent.has(code)) return `${folder} is not a folder that can be used (${code}). Choose another one.`
  if (name === 'AbortError') return 'The server stopped while it was being written.'
  return message
}
