import { chmod, copyFile, mkdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Type as T } from 'typebox'
import { Value } from 'typebox/value'
import { inspectDatabase } from '#server/db/copy'
import { lockData } from '#server/db/data-lock'
import { migrations } from '#server/db/migrate'
import { exists, measure, reasonOf, removeLeftovers, syncFile, syncFolder } from './files.ts'
import { fileNames, type FileName, keyCheck, type Manifest, MANIFEST, readManifest } from './manifest.ts'

/** Why a backup is not restored; nothing has been changed then. */
export class RestoreError extends Error {}

const JOURNAL = 'restore.json'
const Journal = T.Object({ staging: T.String(), aside: T.String(), files: T.Array(T.Enum(fileNames)) })
const isStaging = (name: string) => /^restore-[0-9TZ]+\.new$/.test(name)
const isLeftover = (name: string) => isStaging(name) || name === `${JOURNAL}.new`

/** A database that is moved takes its log along. */
const partsOf = (name: FileName) => (name === 'master.key' ? [name] : [name, `${name}-wal`, `${name}-shm`])

/**
 * Puts verified copies in the place of the present files, which are moved aside and kept. What is to be done is written down first,
 * and each step can be repeated, so that a restore that was cut short is finished at the next start. Answers where the old files are.
 */
export async function finishRestore(dataDir: string): Promise<string | undefined> {
  const journal = join(dataDir, JOURNAL)
  const text = await readFile(journal, 'utf8').catch(() => undefined)
  if (text === undefined) {
    await removeLeftovers(dataDir, isLeftover)
    return undefined
  }
  const plan: unknown = JSON.parse(text)
  if (!Value.Check(Journal, plan) || !isStaging(plan.staging)) throw new RestoreError(`${journal} cannot be read.`)
  const aside = join(dataDir, plan.aside)
  await mkdir(aside, { recursive: true, mode: 0o700 })
  for (const name of plan.files) {
    const staged = join(dataDir, plan.staging, name)
    // What has left the staging folder is in its place.
    if (!(await exists(staged))) continue
    for (const part of partsOf(name)) {
      if (await exists(join(dataDir, part))) await rename(join(dataDir, part), join(aside, part))
    }
    await rename(staged, join(dataDir, name))
  }
  await syncFolder(dataDir)
  await rm(journal)
  await removeLeftovers(dataDir, isLeftover)
  // A new data folder had nothing to move.
  return rmdir(aside).then(
    () => undefined,
    () => aside,
  )
}

/** Copies a file of the backup and looks at the copy: what is put in place is what was verified. */
async function stage(folder: string, staging: string, wanted: Manifest['files'][number]): Promise<void> {
  const copy = join(staging, wanted.name)
  await copyFile(join(folder, wanted.name), copy).catch((error: unknown) => {
    throw new RestoreError(`${wanted.name} cannot be copied. ${reasonOf(error, folder)}`)
  })
  await chmod(copy, 0o600)
  await syncFile(copy)
  const { bytes, sha256 } = await measure(copy)
  if (bytes !== wanted.bytes || sha256 !== wanted.sha256) {
    throw new RestoreError(`${wanted.name} in ${folder} is not what the backup wrote: it was changed or is damaged.`)
  }
  if (wanted.name === 'master.key') return
  const found = await inspectDatabase(copy)
  if (found.problem !== null || found.schema_version !== wanted.schema_version) {
    throw new RestoreError(`${wanted.name} in ${folder} is damaged: ${found.problem ?? 'its version is another one'}.`)
  }
}

async function verifiedManifest(folder: string): Promise<Manifest> {
  const manifest = await readManifest(folder)
  if (!manifest) {
    throw new RestoreError(`${folder} holds no backup of Shardlyn: its ${MANIFEST} is not there or not readable.`)
  }
  const newest = migrations.at(-1)?.version ?? 0
  if (manifest.schema_version > newest) {
    throw new RestoreError(
      `The backup was made by a newer version of Shardlyn (${manifest.app_version}). Install that version first.`,
    )
  }
  const names = manifest.files.map(({ name }) => name)
  if (!names.includes('shardlyn.db') || !names.includes('metrics.db') || new Set(names).size !== names.length) {
    throw new RestoreError(`The ${MANIFEST} in ${folder} does not name both databases once.`)
  }
  return manifest
}

/** A key of other data would make every stored secret unreadable, so that the server could not even start. */
async function assertKeyFits(dataDir: string, manifest: Manifest): Promise<boolean> {
  if (manifest.files.some(({ name }) => name === 'master.key')) return true
  const key = await readFile(join(dataDir, 'master.key'), 'utf8').catch(() => undefined)
  if (key === undefined) return false
  if (keyCheck(Buffer.from(key.trim(), 'base64')) !== manifest.key_check) {
    throw new RestoreError(
      `The backup holds no key, and the master.key in ${dataDir} is not the one that its secrets are sealed with. Put that one there first.`,
    )
  }
  return true
}

export type Restored = { made: string; aside: string | undefined; hasKey: boolean }

/** Puts a backup in the place of the present data. Refused while a server runs on it. */
export async function restoreBackup(dataDir: string, folder: string, now: Date): Promise<Restored> {
  const manifest = await verifiedManifest(folder)
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const unlock = lockData(dataDir)
  try {
    await finishRestore(dataDir)
    const hasKey = await assertKeyFits(dataDir, manifest)
    const stamp = now.toISOString().replace(/\.\d+|[-:]/g, '')
    const staging = join(dataDir, `restore-${stamp}.new`)
    await mkdir(staging, { mode: 0o700 })
    try {
      for (const file of manifest.files) await stage(folder, staging, file)
      await syncFolder(staging)
    } catch (error) {
      await rm(staging, { recursive: true, force: true })
      throw error
    }
    const plan = {
      staging: `restore-${stamp}.new`,
      aside: `before-restore-${stamp}`,
      files: manifest.files.map(({ name }) => name),
    }
    const journal = join(dataDir, JOURNAL)
    await writeFile(`${journal}.new`, JSON.stringify(plan), { mode: 0o600, flush: true })
    await rename(`${journal}.new`, journal)
    await syncFolder(dataDir)
    return { made: manifest.created_at, aside: await finishRestore(dataDir), hasKey }
  } finally {
    unlock()
  }
}
