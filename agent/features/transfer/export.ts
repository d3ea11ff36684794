import { createReadStream } from 'node:fs'
import { lstat } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ManifestEntry } from '#contract/migrations'
import type { ExportState } from '#contract/transfer'
import { conflict } from '#agent/errors'
import { makeFolders } from '../instances/folders.ts'
import type { Instances } from '../instances/manager.ts'
import { type HashCache, listTree } from './manifest.ts'
import { namesIn, openFile, openFolder, type Folder } from './tree.ts'

const CACHES_KEPT = 8

/** The source’s side of a move: a server’s data as its manifest and its files, and the hold that keeps it still. */
export function createExport(instances: Instances) {
  const caches = new Map<string, HashCache>()

  function cacheOf(token: string): HashCache {
    const cache = caches.get(token) ?? new Map<string, never>()
    caches.delete(token)
    caches.set(token, cache)
    for (const oldest of caches.keys()) if (caches.size > CACHES_KEPT) caches.delete(oldest)
    return cache
  }

  async function get(id: string) {
    await instances.ready
    return instances.get(id)
  }

  return {
    async begin(id: string, { token, hold }: { token: string; hold: boolean }): Promise<ExportState> {
      const instance = await get(id)
      const { state } = instance.observe()
      const { power, install } = instance.holding.state()
      if (hold) {
        const is_stopped = await instance.holding.hold(token)
        return { is_stopped, ...instance.holding.state(), bytes: 0, files: 0 }
      }
      if (state === 'creating' || state === 'installing') {
        throw conflict('busy', 'It is being installed; wait until that is done.')
      }
      // One that never started has none yet.
      await makeFolders(instance.spec(), instance.folder)
      return { is_stopped: instance.holding.rests(), power, install, ...(await measure(instance.folder.data)) }
    },
    async release(id: string, token: string) {
      caches.delete(token)
      return (await get(id)).holding.release(token)
    },
    /** Resolves once it is written whole; what cannot be read ends it early. */
    async manifest(id: string, token: string, write: (entry: ManifestEntry) => Promise<void>): Promise<void> {
      const instance = await get(id)
      const isHeld = instance.holding.token() === token && instance.holding.rests()
      const entries = listTree(instance.folder.data, { cache: cacheOf(token), isLive: !isHeld })
      for await (const entry of entries) await write(entry)
    },
    /** Each of exactly the size that is asked for. What is not so any more shows in its hash. */
    async *files(id: string, wanted: readonly { path: string; size: number }[]): AsyncGenerator<Buffer> {
      const root = (await get(id)).folder.data
      for (const { path, size } of wanted) {
        const bytes = Buffer.alloc(size)
        await readWhole(root, path, bytes).catch(() => {})
        yield bytes
      }
    },
    /** Opened before anything is answered, so that what is not there is told as that; closed also when nobody reads it. */
    async openFile(id: string, path: string, from: number, signal: AbortSignal) {
      const handle = await openFile((await get(id)).folder.data, path)
      const close = () => void handle.close().catch(() => {})
      if (signal.aborted) close()
      else signal.addEventListener('abort', close, { once: true })
      return async (sink: Writable) => {
        const bytes = createReadStream('', { fd: handle, start: from, highWaterMark: 256 * 1024 })
        await pipeline(bytes, sink, { end: false })
      }
    },
  }
}

async function readWhole(root: string, path: string, bytes: Buffer): Promise<void> {
  const handle = await openFile(root, path)
  try {
    // Of one that has grown the beginning may still be what was meant; its hash decides.
    for (let at = 0; at < bytes.length;) {
      const { bytesRead } = await handle.read(bytes, at, bytes.length - at, at)
      if (bytesRead === 0) break
      at += bytesRead
    }
  } finally {
    await handle.close()
  }
}

/** What the data takes on the disk, holes left out, and how many files there are. */
async function measure(root: string): Promise<{ bytes: number; files: number }> {
  const sum = { bytes: 0, files: 0 }
  async function add(folder: Folder) {
    try {
      await addAll(folder)
    } finally {
      await folder.close()
    }
  }
  async function addAll(folder: Folder) {
    for (const name of await namesIn(folder, 'its folder')) {
      const stats = await lstat(folder.at(name)).catch(() => undefined)
      if (stats?.isFile()) {
        sum.files += 1
        sum.bytes += Math.min(stats.size, process.platform === 'win32' ? stats.size : stats.blocks * 512)
      } else if (stats?.isDirectory()) {
        const below = await openFolder(folder.at(name), name).catch(() => undefined)
        if (below) await add(below)
      }
    }
  }
  const top = await openFolder(root, '.').catch(() => undefined)
  if (!top) throw conflict('file_not_readable', 'The folder of this server’s data cannot be opened. Look at it there.')
  await add(top)
  return sum
}
