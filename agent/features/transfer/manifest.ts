import { createHash } from 'node:crypto'
import { type BigIntStats, constants, statfsSync } from 'node:fs'
import { lstat, open, readlink } from 'node:fs/promises'
import type { ManifestEntry } from '#contract/migrations'
import { problemOfPath, transferLimits } from '#contract/transfer'
import { conflict } from '#agent/errors'
import { errorCode, isMissing } from '#agent/state'
import { type Folder, namesIn, openFolder } from './tree.ts'

const AT_ONCE = 8
const CHUNK = 256 * 1024
/** Stamps of files go by the kernel’s tick: one that is this old no longer hides a change. */
const SETTLED_MS = 2000
const TMPFS = 0x01021994

type Hash = { stamp: string; sha256: string }
/** Hashes by path, of files that have not changed since. */
export type HashCache = Map<string, Hash>

const stampOf = ({ ino, size, mtimeNs, ctimeNs }: BigIntStats) => `${ino} ${size} ${mtimeNs} ${ctimeNs}`

type Options = {
  cache?: HashCache
  /** Still written to: a file may go or change while it is looked at. */
  isLive?: boolean
}

/** Everything in a server’s folder, folders before what is in them. Sockets, pipes and devices stay behind. */
export async function* listTree(root: string, { cache, isLive = false }: Options = {}): AsyncGenerator<ManifestEntry> {
  // A page that is mapped in memory and written there does not always show in the stamps of tmpfs.
  const hashes = cache && !isTmpfs(root) ? cache : undefined
  let count = 0

  async function hash(folder: Folder, name: string, path: string): Promise<{ sha256: string; stats: BigIntStats }> {
    const flags = constants.O_RDONLY | (process.platform === 'linux' ? constants.O_NOFOLLOW | constants.O_NONBLOCK : 0)
    const handle = await open(folder.at(name), flags)
    try {
      // Mapped pages that are clean again tell of the next write.
      if (isLive) await handle.datasync().catch(() => {})
      const begun = Date.now()
      const before = await handle.stat({ bigint: true })
      const known = hashes?.get(path)
      if (known?.stamp === stampOf(before)) return { sha256: known.sha256, stats: before }
      const sum = createHash('sha256')
      const buffer = Buffer.allocUnsafe(Math.min(CHUNK, Number(before.size) + 1))
      let size = 0n
      for (;;) {
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, null)
        if (bytesRead === 0) break
        sum.update(buffer.subarray(0, bytesRead))
        size += BigInt(bytesRead)
      }
      const after = await handle.stat({ bigint: true })
      const sha256 = sum.digest('hex')
      const isSettled = stampOf(before) === stampOf(after) && begun - Number(after.ctimeMs) > SETTLED_MS
      if (isSettled) hashes?.set(path, { stamp: stampOf(after), sha256 })
      else hashes?.delete(path)
      after.size = size
      return { sha256, stats: after }
    } finally {
      await handle.close()
    }
  }

  async function entryOf(folder: Folder, name: string, path: string): Promise<ManifestEntry | undefined> {
    const problem = problemOfPath(path)
    if (problem !== undefined || Buffer.byteLength(path) > transferLimits.pathBytes) {
      throw conflict('name_not_movable', `The path ${path.slice(0, 200)} ${problem ?? 'is too long'}.`)
    }
    try {
      const stats = await lstat(folder.at(name), { bigint: true })
      if (stats.isDirectory()) return { ...common(path, stats), type: 'directory', size: 0, sha256: null, target: null }
      if (stats.isSymbolicLink()) {
        const target = await readlink(folder.at(name))
        return { ...common(path, stats), type: 'link', size: 0, mode: 0o777, sha256: null, target }
      }
      if (!stats.isFile()) return undefined
      const hashed = await hash(folder, name, path)
      const { size } = hashed.stats
      return { ...common(path, hashed.stats), type: 'file', size: Number(size), sha256: hashed.sha256, target: null }
    } catch (error) {
      if (isLive && (isMissing(error) || errorCode(error) === 'ELOOP')) return undefined
      if (['EACCES', 'EPERM'].includes(errorCode(error) ?? '')) {
        throw conflict('file_not_readable', `${path} cannot be read by the agent; it belongs to another user.`)
      }
      throw error
    }
  }

  async function* walk(folder: Folder, prefix: string): AsyncGenerator<ManifestEntry> {
    const names = (await namesIn(folder, prefix || 'its folder')).toSorted()
    for (let at = 0; at < names.length; at += AT_ONCE) {
      const some = names.slice(at, at + AT_ONCE)
      for (const entry of await Promise.all(some.map((name) => entryOf(folder, name, prefix + name)))) {
        if (!entry) continue
        if (++count > transferLimits.entries) {
          throw conflict('too_many_files', `It has more than ${transferLimits.entries} files, which cannot be moved.`)
        }
        yield entry
        if (entry.type !== 'directory') continue
        const below = await enter(folder, entry)
        if (!below) continue
        try {
          yield* walk(below, `${entry.path}/`)
        } finally {
          await below.close()
        }
      }
    }
  }

  async function enter(folder: Folder, { path }: ManifestEntry): Promise<Folder | undefined> {
    try {
      return await openFolder(folder.at(path.slice(path.lastIndexOf('/') + 1)), path)
    } catch (error) {
      if (isLive) return undefined
      throw error
    }
  }

  const top = await openFolder(root, '.')
  try {
    const stats = await lstat(top.at('.'), { bigint: true })
    yield { ...common('.', stats), type: 'directory', size: 0, sha256: null, target: null }
    yield* walk(top, '')
  } finally {
    await top.close()
  }
}

/** Without the bits that make a program run as its owner: nobody brings those onto another machine. */
const common = (path: string, { mode, uid, gid, mtimeMs }: BigIntStats) => ({
  path,
  mode: Number(mode) & 0o777,
  uid: Number(uid),
  gid: Number(gid),
  modified_ms: Number(mtimeMs),
})

function isTmpfs(root: string): boolean {
  try {
    return statfsSync(root).type === TMPFS
  } catch {
    return true
  }
}
