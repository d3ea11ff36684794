import type { BigIntStats } from 'node:fs'
import fs from 'node:fs/promises'
import path from 'node:path'
import type { Static } from 'typebox'
import { type HostFile, type HostFileList, MAX_LISTED } from '#contract/host-files'
import { telling } from '#agent/files/errors'
import type { Folder } from '#agent/files/walker'
import { accountNames } from './accounts.ts'
import { isTemporary } from './upload-names.ts'

/** An answer stays well below what the control plane takes. */
const MAX_BYTES = 8 * 1024 * 1024
const AT_ONCE = 64
const order = { directory: 0, link: 1, file: 1, other: 1 }
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

type Names = Awaited<ReturnType<typeof accountNames>>

export function describe(file: string, stats: BigIntStats, names: Names, target: string | null = null): HostFile {
  const type = stats.isDirectory() ? 'directory' : stats.isSymbolicLink() ? 'link' : stats.isFile() ? 'file' : 'other'
  return {
    name: path.basename(file) || file,
    path: file,
    type,
    target,
    size: type === 'file' ? Number(stats.size) : 0,
    mode: (Number(stats.mode) & 0o7777).toString(8).padStart(4, '0'),
    owner: names.owner(stats.uid),
    group: names.group(stats.gid),
    modified_at: timeOf(stats),
  }
}

/** As text, within what a date can say. */
export function timeOf({ mtimeMs }: BigIntStats): string {
  const ms = Number(mtimeMs)
  return new Date(Math.abs(ms) <= 8.64e15 && ms > -6.2e13 && ms < 2.5e14 ? ms : 0).toISOString()
}

/** What is in a folder, folders first. Links are shown as what they are. */
export async function listFolder(folder: Folder): Promise<Static<typeof HostFileList>> {
  const names = await accountNames()
  const items: HostFile[] = []
  let bytes = 0

  async function add(raw: Buffer): Promise<void> {
    const address = Buffer.concat([Buffer.from(`${folder.self}/`), raw])
    const stats = await fs.lstat(address, { bigint: true }).catch(() => undefined)
    // Gone since.
    if (!stats) return
    const text = textOf(raw)
    const target = stats.isSymbolicLink() ? await fs.readlink(address).catch(() => null) : null
    const item = describe(path.posix.join(folder.path, text ?? raw.toString('utf8')), stats, names, target)
    // Nobody can ask for a name that is not text.
    items.push(text === undefined ? { ...item, type: 'other' } : item)
    bytes += 200 + 4 * raw.length + folder.path.length + (target?.length ?? 0)
  }

  return telling(folder.path, async () => {
    let seen = 0
    let isTruncated = false
    let batch: Buffer[] = []
    // Node's types know no folders of raw names.
    const entries = (await fs.opendir(folder.self, { encoding: 'buffer' as BufferEncoding })) as AsyncIterable<{
      name: unknown
    }>
    for await (const { name } of entries) {
      const raw = name as Buffer
      if (isTemporary(raw.toString('latin1'))) continue
      if (seen === MAX_LISTED || bytes > MAX_BYTES) {
        isTruncated = true
        break
      }
      seen++
      batch.push(raw)
      if (batch.length < AT_ONCE) continue
      await Promise.all(batch.map(add))
      batch = []
    }
    await Promise.all(batch.map(add))
    items.sort((a, b) => order[a.type] - order[b.type] || (a.name < b.name ? -1 : 1))
    return { path: folder.path, items, is_truncated: isTruncated }
  })
}

function textOf(raw: Buffer): string | undefined {
  try {
    return utf8.decode(raw)
  } catch {
    return undefined
  }
}
