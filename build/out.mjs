// Builds out/ with electron-vite when the sources differ from those it was built from.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
const stampFile = join(root, 'out', '.built-from.json')
const lockDir = join(root, 'node_modules', '.shardlyn-building')
const trees = ['contract', 'server', 'agent', 'src-main', 'src-preload', 'src-renderer']
const singles = ['electron.vite.config.ts', 'package.json', 'package-lock.json', 'tsconfig.base.json']

const isSource = (name) => !name.includes('.test.')

/** Every file that the build may read, in a stable order. */
function sources() {
  const files = singles.filter((name) => existsSync(join(root, name)))
  const walk = (folder) => {
    const entries = readdirSync(join(root, folder), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
    for (const entry of entries) {
      if (entry.isDirectory()) walk(join(folder, entry.name))
      else if (isSource(entry.name)) files.push(join(folder, entry.name))
    }
  }
  for (const tree of trees) if (existsSync(join(root, tree))) walk(tree)
  return files
}

const digest = (parts) => createHash('sha1').update(parts.join('\n')).digest('hex')

/** Names, sizes and times: a few milliseconds. */
const glance = (files) =>
  digest(
    files.map((file) => {
      const { size, mtimeMs } = statSync(join(root, file))
      return `${file} ${size} ${mtimeMs}`
    }),
  )

/** The content itself: asked only when the glance differs, as after a checkout. */
const content = (files) => digest(files.map((file) => `${file} ${digest([readFileSync(join(root, file), 'base64')])}`))

function readStamp() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'))
  } catch {
    return undefined
  }
}

function isFresh() {
  const stamp = readStamp()
  if (!stamp) return false
  const files = sources()
  const seen = glance(files)
  if (stamp.glance === seen) return true
  if (stamp.content !== content(files)) return false
  writeFileSync(stampFile, JSON.stringify({ ...stamp, glance: seen }))
  return true
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** One build at a time: two would empty out/ under each other. The holder writes its pid, so that a dead one can be passed. */
async function lockBuild() {
  const pidFile = join(lockDir, 'pid')
  for (let said = false; ;) {
    try {
      mkdirSync(lockDir)
      writeFileSync(pidFile, String(process.pid))
      return () => rmSync(lockDir, { recursive: true, force: true })
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    const pid = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) : 0
    const isYoung = Date.now() - (statSync(lockDir, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) < 5_000
    if (pid ? !isAlive(pid) : !isYoung) rmSync(lockDir, { recursive: true, force: true })
    else {
      if (!said) console.log('Waiting for another build of this folder to finish.')
      said = true
      await sleep(200)
    }
  }
}

/** Builds when it must. Exits with the builder's words when it fails. */
export async function ensureBuilt() {
  if (isFresh()) return
  const unlock = await lockBuild()
  try {
    if (isFresh()) return
    const began = Date.now()
    process.stdout.write('Building …')
    // The stamp is of what was there before the build: an edit made meanwhile is built next time.
    const files = sources()
    const stamp = { glance: glance(files), content: content(files) }
    rmSync(stampFile, { force: true })
    const cli = join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js')
    const { status, stdout, stderr } = spawnSync(process.execPath, [cli, 'build'], { cwd: root, encoding: 'utf8' })
    if (status !== 0) {
      process.stdout.write(' failed.\n')
      process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`)
      unlock()
      process.exit(1)
    }
    writeFileSync(stampFile, JSON.stringify(stamp))
    process.stdout.write(` done in ${((Date.now() - began) / 1000).toFixed(1)} s.\n`)
  } finally {
    unlock()
  }
}
