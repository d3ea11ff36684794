import { createHmac } from 'node:crypto'
import { lstat, readFile, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Static, Type as T } from 'typebox'
import { Value } from 'typebox/value'
import { exists } from './files.ts'

export const MANIFEST = 'manifest.json'
export const fileNames = ['shardlyn.db', 'metrics.db', 'master.key'] as const
export type FileName = (typeof fileNames)[number]

const Manifest = T.Object({
  format: T.Literal(1),
  /** Of the backup, as the server that made it knows it. */
  id: T.String(),
  created_at: T.String(),
  app_version: T.String(),
  schema_version: T.Integer(),
  /** Tells whether a key is the one that its secrets are sealed with. */
  key_check: T.String(),
  files: T.Array(
    T.Object({
      name: T.Enum(fileNames),
      bytes: T.Integer({ minimum: 0 }),
      sha256: T.String({ pattern: '^[0-9a-f]{64}$' }),
      schema_version: T.Optional(T.Integer()),
    }),
  ),
})
export type Manifest = Static<typeof Manifest>

/** Says nothing about the key, which is 256 random bits. */
export const keyCheck = (key: Buffer) => createHmac('sha256', key).update('shardlyn backup').digest('hex').slice(0, 32)

/** Undefined where there is no manifest that we can read. */
export async function readManifest(folder: string): Promise<Manifest | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(join(folder, MANIFEST), 'utf8'))
    return Value.Check(Manifest, value) ? value : undefined
  } catch {
    return undefined
  }
}

/**
 * Removes the folder of one backup: what its manifest names, and the folder when nothing else is in it. False when the folder is not
 * that backup. The manifest goes last, so that a removal that was cut short can be repeated.
 */
export async function removeBackup(folder: string, id: string): Promise<boolean> {
  if (!(await exists(folder))) return true
  const manifest = (await lstat(folder)).isDirectory() ? await readManifest(folder) : undefined
  if (manifest?.id !== id) return false
  for (const { name } of manifest.files) await rm(join(folder, name), { force: true })
  await rm(join(folder, MANIFEST), { force: true })
  await rmdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
  })
  return true
}
