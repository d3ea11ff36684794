import { chmod, mkdir, rename, rm, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { inspectDatabase } from '#server/db/copy'
import { makeFolder, measure, syncFile, syncFolder, writeWhole } from './files.ts'
import { type FileName, keyCheck, type Manifest, MANIFEST } from './manifest.ts'

export type Source = {
  name: Exclude<FileName, 'master.key'>
  bytes: () => number
  copyTo: (file: string, signal: AbortSignal) => Promise<void>
}
export type Order = {
  id: string
  /** Where it is when it is complete; must not be there yet. */
  path: string
  sources: readonly Source[]
  masterKey: Buffer
  includeKey: boolean
  appVersion: string
  now: string
  signal: AbortSignal
}

export const partialOf = (path: string) => `${path}.partial`

/** Refused before it begins, where it would fill the disk that the server itself lives on. */
async function assertRoom(folder: string, needed: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  if (bavail * bsize < needed * 1.1) throw Object.assign(new Error('no room'), { code: 'ENOSPC' })
}

async function fill(folder: string, order: Order): Promise<Manifest> {
  const files: Manifest['files'] = []
  let schema_version = 0
  for (const { name, copyTo } of order.sources) {
    const file = join(folder, name)
    await copyTo(file, order.signal)
    await chmod(file, 0o600)
    await syncFile(file)
    const found = await inspectDatabase(file)
    if (found.problem !== null) throw new Error(`The database is damaged: ${found.problem}`)
    if (name === 'shardlyn.db') schema_version = found.schema_version
    files.push({ name, schema_version: found.schema_version, ...(await measure(file, order.signal)) })
  }
  if (order.includeKey) {
    const file = join(folder, 'master.key')
    await writeWhole(file, order.masterKey.toString('base64'))
    files.push({ name: 'master.key', ...(await measure(file)) })
  }
  return {
    format: 1,
    id: order.id,
    created_at: order.now,
    app_version: order.appVersion,
    schema_version,
    key_check: keyCheck(order.masterKey),
    files,
  }
}

/** Writes a backup under another name and gives it its own when all of it is on the disk. What fails leaves nothing behind. */
export async function writeBackup(order: Order): Promise<{ bytes: number }> {
  const partial = partialOf(order.path)
  const parent = dirname(order.path)
  await makeFolder(parent)
  const needed = order.sources.reduce((sum, { bytes }) => sum + bytes(), 0)
  await assertRoom(parent, needed)
  await mkdir(partial, { mode: 0o700 })
  try {
    const manifest = await fill(partial, order)
    await writeWhole(join(partial, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`)
    await syncFolder(partial)
    order.signal.throwIfAborted()
    await rename(partial, order.path)
    await syncFolder(parent)
    return { bytes: manifest.files.reduce((sum, { bytes }) => sum + bytes, 0) }
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    throw error
  }
}
