import { readFileSync } from 'node:fs'
import { join } from 'node:path'

type Lock = { packages: Record<string, { dependencies?: object; optionalDependencies?: object }> }

/** Every package that these need, themselves included, by name. */
function closure(lock: Lock, names: string[]): Set<string> {
  const found = new Set<string>()
  const visit = (name: string, from: string) => {
    // A package beside or inside the one that asks, as Node looks for it.
    const nested = `${from}/node_modules/${name}`
    const place = lock.packages[nested] ? nested : `node_modules/${name}`
    const entry = lock.packages[place]
    if (!entry || found.has(name)) return
    found.add(name)
    for (const next of Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })) visit(next, place)
  }
  for (const name of names) visit(name, '')
  return found
}

const readLock = (root: string): Lock => JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))

/** The agent is a program of its own, with a copy of these of its own. They find files beside themselves. */
export const agentPackages = ['dockerode', 'node-pty']

/** Stay packages in the app: native parts, and what only a packaged app loads. */
const appPackages = ['@node-rs/argon2', 'better-sqlite3', 'electron-updater', 'keytar']

const directDependencies = (root: string): string[] => {
  const { dependencies = {} } = readLock(root).packages[''] ?? {}
  return Object.keys(dependencies)
}

/** What is built into our own files. Finding and reading some hundred small files is most of what a start costs otherwise. */
export const bundledDependencies = (root: string): string[] =>
  directDependencies(root).filter((name) => !agentPackages.includes(name) && !appPackages.includes(name))

/** Everything that the agent's packages need, themselves included. */
export const neededByAgent = (root: string): string[] => [...closure(readLock(root), agentPackages)].sort()

/** Packages that `dependencies` would bring into the app although it has them in its own files, or only the agent needs them. */
export function unneededInApp(root: string): string[] {
  const lock = readLock(root)
  const { optionalDependencies = {} } = lock.packages[''] ?? {}
  const all = closure(lock, [...directDependencies(root), ...Object.keys(optionalDependencies)])
  const needed = closure(lock, appPackages)
  return [...all].filter((name) => !needed.has(name)).sort()
}
