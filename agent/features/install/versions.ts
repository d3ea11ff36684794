import { execFile } from 'node:child_process'
import fs from 'node:fs'
import { rename, rm, statfs, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import type { Place } from './place.ts'

const run = promisify(execFile)
const CHECK_MS = 30_000
/** Versions that stay beside the one that runs. */
const KEPT = 2
/** Packed and unpacked it lies there at the same time. */
const ROOM = 4.2

const sumFile = '.sha256'
const sumOf = (folder: string): string | undefined => {
  try {
    return fs.readFileSync(path.join(folder, sumFile), 'utf8').trim()
  } catch {
    return undefined
  }
}

/** The folder for a version. One of the same name and other content gets its checksum behind it, because that one may be running. */
export function folderFor({ versions }: Place, version: string, sha256: string): { folder: string; isThere: boolean } {
  for (const folder of [version, `${version}+${sha256.slice(0, 12)}`]) {
    const whole = path.join(versions, folder)
    if (!fs.existsSync(whole)) return { folder, isThere: false }
    if (sumOf(whole) === sha256) return { folder, isThere: true }
  }
  return { folder: `${version}+${sha256.slice(0, 12)}`, isThere: false }
}

/** Throws a sentence when a bundle of that size has no room. */
export async function assertRoom({ versions }: Place, size: number): Promise<void> {
  const { bavail, bsize } = await statfs(versions)
  const [wanted, free] = [size * ROOM, bavail * bsize]
  const mb = (bytes: number) => `${Math.ceil(bytes / 1024 / 1024)} MB`
  if (free < wanted) {
    throw new Error(`There is too little room in ${versions}: ${mb(wanted)} are needed, ${mb(free)} are free.`)
  }
}

/** Unpacks a bundle beside the others, sees whether it runs here, and only then gives it its name. */
export async function unpack(
  { versions }: Place,
  { file, folder, version, sha256 }: { file: string; folder: string; version: string; sha256: string },
): Promise<void> {
  const fresh = path.join(versions, `.new-${process.pid}`)
  try {
    await rm(fresh, { recursive: true, force: true })
    fs.mkdirSync(fresh, { mode: 0o755 })
    const { extract } = await import('tar')
    await extract({ file, cwd: fresh, strict: true, preserveOwner: false })
    await writeFile(path.join(fresh, sumFile), sha256)
    const { stdout } = await run(path.join(fresh, 'shardlyn-agent'), ['--version'], { timeout: CHECK_MS, cwd: '/' })
    if (stdout.trim() !== version) throw new Error(`The bundle holds version ${stdout.trim()}, not ${version}.`)
    await rm(path.join(versions, folder), { recursive: true, force: true })
    await rename(fresh, path.join(versions, folder))
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
}

/** Whether a process runs a program in this folder: a server's supervisor outlives the agent that started it. */
function isInUse(folder: string): boolean {
  for (const pid of fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (fs.readlinkSync(`/proc/${pid}/exe`).startsWith(`${folder}/`)) return true
    } catch {
      // It has ended meanwhile, or is the kernel's.
    }
  }
  return false
}

/** Keeps the version that runs, the last two before it, and those that servers still stand on. */
export async function prune({ versions, folder: own }: Place): Promise<string[]> {
  const all = fs
    .readdirSync(versions, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== own)
    .map(({ name }) => ({ name, at: fs.statSync(path.join(versions, name)).ctimeMs }))
    .sort((a, b) => b.at - a.at)
  const removed: string[] = []
  for (const { name } of all.filter(({ name }) => !name.startsWith('.')).slice(KEPT)) {
    if (isInUse(path.join(versions, name))) continue
    await rm(path.join(versions, name), { recursive: true, force: true })
    removed.push(name)
  }
  return removed
}
