import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { extract } from 'tar'
import { type Target, targets } from '#contract/install'
import { packBundle } from '#server/features/install/pack'
import { bundleName, bundleParts } from '#server/features/install/releases'
import { version } from '#server/version'
import { root } from './out.ts'

const run = promisify(execFile)
const ptyOf = (target: Target) => `@lydell/node-pty-${target}`
const nodeOf = (target: Target) => `node-${target}`

type Entry = { version: string; integrity?: string }
const locked = (name: string): Entry => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, Entry | undefined>
  }
  const entry = packages[`node_modules/${name}`]
  if (!entry?.integrity) throw new Error(`the lockfile does not name ${name}`)
  return entry
}

/** A package of another platform, which is not installed here: fetched once, and only if it is the one that the lockfile names. */
async function packageFolder(name: string): Promise<string> {
  const installed = join(root, 'node_modules', name)
  if (existsSync(installed)) return installed
  const { version: wanted, integrity } = locked(name)
  const folder = join(root, 'node_modules', '.shardlyn-agents', `${name.replace('/', '-')}-${wanted}`)
  if (existsSync(folder)) return folder
  const fresh = `${folder}.${process.pid}`
  mkdirSync(fresh, { recursive: true })
  try {
    const npm = process.env['npm_execpath']
    const [program, ...before] = npm?.endsWith('.js') ? [process.execPath, npm] : ['npm']
    const args = ['pack', '--json', '--silent', '--pack-destination', fresh, `${name}@${wanted}`]
    const { stdout } = await run(program, [...before, ...args], { cwd: fresh, maxBuffer: 16 * 1024 * 1024 })
    const [packed] = JSON.parse(stdout) as { filename: string; integrity: string }[]
    if (!packed || packed.integrity !== integrity) throw new Error(`${name} is not the one that the lockfile names`)
    const file = join(fresh, packed.filename.replace(/^@/, '').replace('/', '-'))
    await extract({ file, cwd: fresh, strip: 1, strict: true })
    rmSync(file)
    renameSync(fresh, folder)
    return folder
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

/** Packs `out/agent` for one kind of machine. */
async function packFor(target: Target): Promise<number> {
  const [node, pty] = [await packageFolder(nodeOf(target)), await packageFolder(ptyOf(target))]
  const stage = join(root, 'out', `agent-${target}`)
  try {
    rmSync(stage, { recursive: true, force: true })
    cpSync(join(root, 'out', 'agent'), stage, { recursive: true })
    for (const other of targets) rmSync(join(stage, 'node_modules', ptyOf(other)), { recursive: true, force: true })
    const place = join(stage, 'node_modules', ptyOf(target))
    mkdirSync(dirname(place), { recursive: true })
    cpSync(pty, place, { recursive: true })
    const from = { agent: stage, node: join(node, 'bin', 'node'), scripts: join(root, 'resources') }
    const { size } = await packBundle(
      join(root, 'out', 'releases', bundleName(version, target)),
      bundleParts(version, from),
    )
    return size
  } finally {
    rmSync(stage, { recursive: true, force: true })
  }
}

/** The agent for other machines, which the packaged app brings along. One that cannot be made is said, and left out. */
export async function packReleases(): Promise<void> {
  rmSync(join(root, 'out', 'releases'), { recursive: true, force: true })
  mkdirSync(join(root, 'out', 'releases'), { recursive: true })
  for (const target of targets) {
    try {
      console.log(`Packed the agent for ${target}: ${Math.round((await packFor(target)) / 1024 / 1024)} MB.`)
    } catch (error) {
      console.log(`No agent for ${target}: ${error instanceof Error ? error.message : String(error)}.`)
    }
  }
}
