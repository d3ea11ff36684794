import fs from 'node:fs/promises'
import path from 'node:path'
import { replaceFile } from '#agent/files/replace'
import { enter, makeFolder, openFolder, own, look } from '#agent/files/walker'
import { invalid } from '#agent/errors'

/** The components of a path that is to stay below a folder; refuses whatever could leave it. */
function componentsOf(relative: string): string[] {
  const parts = relative.split(/[/\\]/).filter((part) => part !== '' && part !== '.')
  const leaves =
    path.isAbsolute(relative) || parts.includes('..') || relative.includes('\0') || /^[A-Za-z]:/.test(relative)
  if (leaves || parts.length === 0) {
    throw invalid('path_not_allowed', `The path ${relative} leads out of the server’s folder.`)
  }
  return parts
}

/** Writes a file below `root` as a whole, making its folders. What is made belongs to the account that the data belongs to. */
export async function writeBeneath(
  root: string,
  relative: string,
  content: string,
  overwrite: boolean,
): Promise<boolean> {
  const parts = componentsOf(relative)
  const name = parts.pop() ?? ''
  let folder = await openFolder(await fs.realpath(root))
  try {
    const owner = await fs.stat(folder.self)
    for (const part of parts) {
      const isNew = await makeFolder(folder, part)
      const before = folder
      folder = await enter(before, part)
      await before[Symbol.asyncDispose]()
      if (isNew) await own(folder, owner)
    }
    const present = await look(folder, name)
    if (present && !present.isFile()) {
      throw invalid('path_not_allowed', `${relative} is a link or a folder; remove it first.`)
    }
    if (present && !overwrite) return false
    await replaceFile(folder, name, content)
    return true
  } finally {
    await folder[Symbol.asyncDispose]()
  }
}
