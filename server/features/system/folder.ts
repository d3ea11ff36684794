import { mkdtemp, realpath, rmdir } from 'node:fs/promises'
import { isAbsolute, join, relative, resolve } from 'node:path'
import { makeFolder, reasonOf } from '#server/backup/files'
import { invalid } from '#server/errors'

export const defaultFolder = (dataDir: string) => join(dataDir, 'backups')

const isWithin = (outer: string, inner: string) => {
  const way = relative(outer, inner)
  return way === '' || (!way.startsWith('..') && !isAbsolute(way))
}

/** Among the live files only the folder that is meant for backups. */
function assertApart(dataDir: string, folder: string): void {
  if (isWithin(dataDir, folder) && !isWithin(defaultFolder(dataDir), folder)) {
    throw invalid(
      'folder_in_data',
      `${folder} is among the server’s own files. Choose a folder elsewhere, best on another disk.`,
    )
  }
}

/** Throws unless backups can be written there. */
export async function assertUsable(dataDir: string, folder: string): Promise<void> {
  if (!isAbsolute(folder) || folder.includes('\0')) {
    throw invalid('folder_not_absolute', 'Write the whole path of the folder, from the root on.')
  }
  assertApart(resolve(dataDir), resolve(folder))
  let real: string
  try {
    await makeFolder(folder)
    real = await realpath(folder)
    await rmdir(await mkdtemp(join(real, '.shardlyn-')))
  } catch (error) {
    throw invalid('folder_not_writable', reasonOf(error, folder))
  }
  assertApart(await realpath(dataDir), real)
}

/** Typed into a shell, it is one word. */
export function quoted(word: string): string {
  if (/^[\w/.:@%+=,\\-]+$/.test(word)) return word
  return process.platform === 'win32' ? `"${word}"` : `'${word.replaceAll("'", `'\\''`)}'`
}

/** `shardlyn-20260131T120000Z`. */
export const nameOf = (now: number) => `shardlyn-${new Date(now).toISOString().replace(/\.\d+|[-:]/g, '')}`
