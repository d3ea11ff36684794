import { constants } from 'node:fs'
import { chmod, copyFile, link, lchown, mkdir, open, rm, symlink, utimes } from 'node:fs/promises'
import path from 'node:path'
import type { InstanceSpec } from '#contract/agent'
import type { ManifestEntry } from '#contract/migrations'
import { problemOfPath, transferLimits } from '#contract/transfer'
import { conflict, invalid } from '#agent/errors'
import { errorCode, isMissing } from '#agent/state'

const AT_ONCE = 8
const LARGEST_ID = 2 ** 32 - 2
/** A time beyond it is taken for it. */
const LATEST_MS = Date.UTC(2100, 0)
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

/**
 * A manifest from another machine, tried entry by entry: nothing lies outside, nothing twice, and what is below something is below a
 * folder that was named before it. So nothing that is made from it can go through a link.
 */
export function createManifestCheck(spec: InstanceSpec) {
  // Of several volumes each is a folder of its own, which the engine would follow if it were a link.
  const mounted = new Set(spec.volumes.length > 1 ? spec.volumes.map(({ name }) => name) : [])
  const folders = new Set<string>()
  const seen = new Set<string>()
  const refuse = (path: string, why: string) => invalid('bad_manifest', `The entry ${path.slice(0, 200)} ${why}.`)
  return (entry: ManifestEntry): void => {
    const { path: name, type, sha256, target, mode, size } = entry
    const problem = problemOfPath(name)
    if (problem !== undefined) throw refuse(name, problem)
    if (seen.has(name)) throw refuse(name, 'is named twice')
    if (seen.size >= transferLimits.entries) throw refuse(name, 'is one too many')
    const parent = name === '.' ? undefined : name.includes('/') ? name.slice(0, name.lastIndexOf('/')) : '.'
    const isPlaced = parent === undefined ? seen.size === 0 : folders.has(parent)
    if (!isPlaced) throw refuse(name, 'is in no folder of this server')
    if (mode > 0o777) throw refuse(name, 'has a mode that is not taken over')
    if ((type === 'file') !== (sha256 !== null)) throw refuse(name, 'has a hash and is no file, or has none')
    if ((type === 'link') !== (target !== null)) throw refuse(name, 'has a target and is no link, or has none')
    if (target !== null && (target === '' || target.includes('\0'))) throw refuse(name, 'leads nowhere')
    if (type !== 'file' && size !== 0) throw refuse(name, 'has a size and is no file')
    if (!Number.isSafeInteger(size)) throw refuse(name, 'has a size that cannot be')
    if (Math.max(entry.uid, entry.gid) > LARGEST_ID) throw refuse(name, 'belongs to nobody who can be')
    if (mounted.has(name) && type !== 'directory') throw refuse(name, 'is a volume and no folder')
    if (name === '.' && type !== 'directory') throw refuse(name, 'is no folder')
    seen.add(name)
    if (type === 'directory') folders.add(name)
  }
}

type Source = (sha256: string) => string

/** Builds the data folder anew in `root`, which must not be there, from the contents that have arrived. All of it is on the disk at the end. */
export async function assemble(root: string, entries: readonly ManifestEntry[], contentOf: Source): Promise<void> {
  await rm(root, { recursive: true, force: true })
  const at = (entry: ManifestEntry) => (entry.path === '.' ? root : path.join(root, ...entry.path.split('/')))
  const used = new Set<string>()
  const folders = entries.filter(({ type }) => type === 'directory')
  for (const entry of folders) await mkdir(at(entry), { mode: 0o700 })
  await inParallel(
    entries.filter(({ type }) => type === 'file'),
    async (entry) => {
      const { sha256, size, path: shown } = entry
      if (sha256 === null) return
      const file = at(entry)
      // Two files of one content must not become one file.
      const isFirst = !used.has(sha256)
      used.add(sha256)
      try {
        if (size === 0 && sha256 === EMPTY) await (await open(file, 'wx')).close()
        else await place(contentOf(sha256), file, isFirst)
      } catch (error) {
        if (isMissing(error)) throw conflict('content_missing', `The content of ${shown} has not arrived.`)
        throw error
      }
      await finish(file, entry)
      await sync(file, constants.O_RDONLY)
    },
  )
  for (const entry of entries) {
    if (entry.type !== 'link' || entry.target === null) continue
    await symlink(entry.target, at(entry))
    await own(at(entry), entry)
  }
  // From the inside outwards: a folder’s time changes with what is put into it.
  for (const entry of folders.toReversed()) {
    await sync(at(entry), constants.O_RDONLY)
    await finish(at(entry), entry)
  }
}

async function place(content: string, file: string, isFirst: boolean) {
  if (isFirst) {
    try {
      return await link(content, file)
    } catch (error) {
      if (isMissing(error)) throw error
      // Not every file system knows links.
    }
  }
  await copyFile(content, file, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
}

async function finish(file: string, entry: ManifestEntry) {
  await own(file, entry)
  await chmod(file, entry.mode)
  const seconds = Math.min(Math.max(entry.modified_ms, 0), LATEST_MS) / 1000
  await utimes(file, seconds, seconds)
}

/** Only root may give files away; elsewhere everything belongs to the agent. */
async function own(file: string, { uid, gid }: ManifestEntry) {
  if (process.getuid?.() === 0) await lchown(file, uid, gid)
}

async function sync(file: string, flags: number) {
  try {
    const handle = await open(file, flags)
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (!['EPERM', 'EISDIR', 'EINVAL', 'EACCES', 'ENOTSUP'].includes(errorCode(error) ?? '')) throw error
  }
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values()
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const item of rest) await work(item)
    }),
  )
}
