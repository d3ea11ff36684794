import fs, { constants } from 'node:fs'
import path from 'node:path'
import { invalid } from '#agent/errors'
import { errorCode } from '#agent/state'

type Step = { fd: number; at: (name: string) => string }

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

/**
 * Writes a file below `root` as a whole, making its folders. Every folder on the way is opened from the one before it
 * without following links, so that a server cannot lead us out of its data by putting a link there meanwhile.
 */
export function writeBeneath(root: string, relative: string, content: string, overwrite: boolean): boolean {
  const parts = componentsOf(relative)
  const name = parts.pop() ?? ''
  const owner = fs.statSync(root)
  let step = enter(root)
  try {
    for (const part of parts) {
      const made = makeFolder(step.at(part))
      const next = enter(step.at(part), relative)
      leave(step)
      step = next
      if (made && step.fd >= 0) own(step.fd, owner)
    }
    const target = step.at(name)
    const present = fs.lstatSync(target, { throwIfNoEntry: false })
    if (present && !present.isFile()) {
      throw invalid('path_not_allowed', `${relative} is a link or a folder; remove it first.`)
    }
    if (present && !overwrite) return false
    const temporary = step.at(`.${name.slice(0, 200)}.${process.pid}.tmp`)
    fs.rmSync(temporary, { force: true })
    const fd = fs.openSync(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, present?.mode ?? 0o644)
    try {
      fs.writeFileSync(fd, content)
      own(fd, present ?? owner)
      fs.fsyncSync(fd)
    } finally {
      fs.closeSync(fd)
    }
    fs.renameSync(temporary, target)
    return true
  } finally {
    leave(step)
  }
}

function enter(folder: string, shown = folder): Step {
  // Only Linux can go on from an open folder by its descriptor; elsewhere each folder is looked at once more.
  if (process.platform !== 'linux') {
    if (!fs.lstatSync(folder).isDirectory()) {
      throw invalid('path_not_allowed', `The path ${shown} goes through a link or a file.`)
    }
    return { fd: -1, at: (name) => path.join(folder, name) }
  }
  try {
    const fd = fs.openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW)
    return { fd, at: (name) => `/proc/self/fd/${fd}/${name}` }
  } catch (error) {
    if (['ELOOP', 'ENOTDIR'].includes(errorCode(error) ?? '')) {
      throw invalid('path_not_allowed', `The path ${shown} goes through a link or a file.`)
    }
    throw error
  }
}

function leave({ fd }: Step) {
  if (fd >= 0) fs.closeSync(fd)
}

function makeFolder(folder: string): boolean {
  try {
    fs.mkdirSync(folder, 0o755)
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw error
  }
}

/** What root writes for a server belongs to the account that the data belongs to. */
function own(fd: number, { uid, gid }: { uid: number; gid: number }) {
  if (process.getuid?.() === 0) fs.fchownSync(fd, uid, gid)
}
