// Builds out/ (the app with electron-vite, and the agent for other machines) when the sources differ from those it was built from.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
const trees = ['contract', 'server', 'agent', 'cli', 'src-main', 'src-preload', 'src-renderer']
const singles = [
  'electron.vite.config.ts',
  'build/cli-bundle.ts',
  'build/renderer.ts',
  'build/agent-bundle.ts',
  'build/dependencies.ts',
  'package.json',
  'package-lock.json',
]

/** What out/ was built from. `glance` is of names, sizes and times, `content` of the bytes. */
type Stamp = { glance: string; content: string }

/** Every file that the build may read, in a stable order. */
function sources(folder: string): string[] {
  const files = singles.filter((name) => existsSync(join(folder, name)))
  for (const tree of trees.filter((name) => existsSync(join(folder, name)))) {
    for (const entry of readdirSync(join(folder, tree), { recursive: true, withFileTypes: true })) {
      if (entry.isFile() && !entry.name.includes('.test.')) {
        files.push(join(entry.parentPath, entry.name).slice(folder.length + 1))
      }
    }
  }
  return files.sort()
}

const digest = (parts: string[]) => createHash('sha1').update(parts.join('\n')).digest('hex')

function glanceOf(folder: string, files: string[]): string {
  return digest(
    files.map((file) => {
      const { size, mtimeMs } = statSync(join(folder, file))
      return `${file} ${size} ${mtimeMs}`
    }),
  )
}

const contentOf = (folder: string, files: string[]): string =>
  digest(
    files.map(
      (file) =>
        `${file} ${createHash('sha1')
          .update(readFileSync(join(folder, file)))
          .digest('hex')}`,
    ),
  )

export function stampOf(folder: string): Stamp {
  const files = sources(folder)
  return { glance: glanceOf(folder, files), content: contentOf(folder, files) }
}

function readStamp(stampFile: string): Stamp | undefined {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'))
  } catch {
    return undefined
  }
}

/** Whether the stamp is of these sources. The content is read only when the glance differs, as after a checkout. */
export function isFresh(folder: string, stampFile: string): boolean {
  const stamp = readStamp(stampFile)
  if (!stamp) return false
  const files = sources(folder)
  const glance = glanceOf(folder, files)
  if (stamp.glance === glance) return true
  if (stamp.content !== contentOf(folder, files)) return false
  writeFileSync(stampFile, JSON.stringify({ ...stamp, glance }))
  return true
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** One builder at a time: two would empty out/ under each other. The holder's pid lets others pass a dead one. */
export async function lock(folder: string): Promise<() => void> {
  const pidFile = join(folder, 'pid')
  for (let hasSaidSo = false; ; hasSaidSo = true) {
    try {
      mkdirSync(folder)
      writeFileSync(pidFile, String(process.pid))
      return () => rmSync(folder, { recursive: true, force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const pid = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) : 0
    const ageMs = Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
    // A folder without a pid is one whose maker is between two lines of this function, or died there.
    const isDead = pid > 0 ? !isAlive(pid) : ageMs > 5_000
    if (isDead) rmSync(folder, { recursive: true, force: true })
    else {
      if (!hasSaidSo) console.log('Waiting for another build of this folder to finish.')
      await sleep(200)
    }
  }
}

/** Builds when it must. Ends the process with the builder's words when that fails. */
export async function ensureBuilt(): Promise<void> {
  const stampFile = join(root, 'out', '.built-from.json')
  if (isFresh(root, stampFile)) return
  const unlock = await lock(join(root, 'node_modules', '.shardlyn-building'))
  try {
    if (isFresh(root, stampFile)) return
    const beganAt = performance.now()
    process.stdout.write('Building …')
    // Taken before the build, so that an edit made meanwhile is built next time.
    const stamp = stampOf(root)
    rmSync(stampFile, { force: true })
    // Each in a process of its own: the bundler makes NODE_ENV "production" for all that its process starts later.
    for (const script of [join('node_modules', 'electron-vite', 'bin', 'electron-vite.js'), 'build/agent-bundle.ts']) {
      const { status, stdout, stderr } = spawnSync(process.execPath, [script, 'build'], { cwd: root, encoding: 'utf8' })
      if (status === 0) continue
      process.stdout.write(' failed.\n')
      process.stderr.write(`${stdout}${stderr}`)
      unlock()
      process.exit(1)
    }
    writeFileSync(stampFile, JSON.stringify(stamp))
    process.stdout.write(` done in ${((performance.now() - beganAt) / 1000).toFixed(1)} s.\n`)
  } finally {
    unlock()
  }
}
