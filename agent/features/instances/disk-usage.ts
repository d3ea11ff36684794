import { lstat, opendir } from 'node:fs/promises'
import path from 'node:path'

/** Measures data folders one after the other, each every few minutes; answers what is known meanwhile. */
export function createDiskUsage(everyMs = 300_000, now: () => number = Date.now) {
  const known = new Map<string, { bytes: number | null; at: number }>()
  let queue: Promise<void> = Promise.resolve()
  return (folder: string): number | null => {
    const last = known.get(folder)
    if (!last || now() - last.at > everyMs) {
      known.set(folder, { bytes: last?.bytes ?? null, at: now() })
      queue = queue.then(async () => {
        const bytes = await measure(folder).catch(() => null)
        known.set(folder, { bytes, at: now() })
      })
    }
    return known.get(folder)?.bytes ?? null
  }
}

async function measure(folder: string): Promise<number> {
  let bytes = 0
  for await (const entry of await opendir(folder)) {
    const file = path.join(folder, entry.name)
    // A server deletes files while we look.
    if (entry.isDirectory()) bytes += await measure(file).catch(() => 0)
    else {
      bytes += await lstat(file).then(
        (stats) => (process.platform === 'win32' ? stats.size : stats.blocks * 512),
        () => 0,
      )
    }
  }
  return bytes
}
