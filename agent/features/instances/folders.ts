import fs from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import type { InstanceSpec } from '#contract/agent'
import { volumeFolders } from '#agent/runtimes/volumes'
import { conflict } from '#agent/errors'
import { errorCode, type InstanceFolder } from '#agent/state'
import { writeBeneath } from './beneath.ts'

/** Makes a server's folders. Others may pass through to the data, which belongs to the server, but not look around. */
export async function makeFolders(spec: InstanceSpec, folder: InstanceFolder): Promise<void> {
  await mkdir(folder.root, { recursive: true, mode: 0o711 })
  fs.chmodSync(folder.root, 0o711)
  await mkdir(folder.data, { recursive: true, mode: 0o755 })
  for (const volume of volumeFolders(spec, folder.data)) {
    if (volume.folder === folder.data || fs.existsSync(volume.folder)) continue
    await mkdir(volume.folder, { recursive: true, mode: 0o755 })
    const { uid, gid } = fs.statSync(folder.data)
    if (process.getuid?.() === 0) fs.chownSync(volume.folder, uid, gid)
  }
}

/** Writes the files that a server is configured by, below its data only. */
export async function writeConfigFiles(spec: InstanceSpec, folder: InstanceFolder): Promise<void> {
  for (const { path: file, content, overwrite } of spec.config_files) {
    await writeBeneath(folder.data, file, content, overwrite)
  }
}

/** Deletes a server's folder, or keeps its data under its name in `kept`. */
export async function removeFolders(dataDir: string, folder: InstanceFolder, name: string, data: 'keep' | 'delete') {
  if (data === 'keep' && fs.existsSync(folder.data)) {
    const kept = path.join(dataDir, 'kept')
    await mkdir(kept, { recursive: true, mode: 0o711 })
    const safe = name.replaceAll(/[^A-Za-z0-9_.-]+/g, '-').slice(0, 60)
    let target = path.join(kept, `${folder.id}-${safe}`)
    if (fs.existsSync(target)) target += `-${Date.now()}`
    await rename(folder.data, target)
  }
  try {
    await rm(folder.root, { recursive: true, force: true, maxRetries: 3 })
  } catch (error) {
    if (!['EACCES', 'EPERM'].includes(errorCode(error) ?? '')) throw error
    const message = `Some files in ${folder.data} belong to another user; delete them as that user or as root, then try again.`
    throw conflict('data_not_deletable', message)
  }
}
