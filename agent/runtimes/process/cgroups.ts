import fs from 'node:fs'
import path from 'node:path'
import type { InstanceSpec } from '#contract/agent'
import type { CgroupEntry } from '../supervisor/launch.ts'

type Limits = InstanceSpec['limits']
const controllers = ['memory', 'cpu', 'pids'] as const
type Controller = (typeof controllers)[number]

/** The limits that this machine enforces for native servers, by the kernel's control groups. */
export type Cgroups = {
  enforced: Record<Controller, boolean>
  /** Makes a server's group with its limits; null where there are none to be had. */
  create: (name: string, limits: Limits) => CgroupEntry | null
  remove: (name: string) => void
  /** Gives back our part of the tree, unless servers still run in it. */
  close: () => void
}

const CPU_PERIOD_US = 100_000

/** Finds the part of the group tree where we may make groups: version 2 where it is delegated to us, version 1 as root. */
export function detectCgroups(group: string, root = '/sys/fs/cgroup', membership = '/proc/self/cgroup'): Cgroups {
  const own = readMembership(membership)
  if (process.platform !== 'linux') return none
  return fs.existsSync(path.join(root, 'cgroup.controllers'))
    ? version2(group, root, own.get('') ?? '/')
    : version1(group, root, own)
}

const none: Cgroups = {
  enforced: { memory: false, cpu: false, pids: false },
  create: () => null,
  remove: () => undefined,
  close: () => undefined,
}

/** By controller, the path of the group that we are in; version 2 is under the empty name. */
function readMembership(file: string): Map<string, string> {
  const lines = attempt(() => fs.readFileSync(file, 'utf8').trim().split('\n')) ?? []
  return new Map(
    lines.flatMap((line) => {
      const [, names = '', ...rest] = line.split(':')
      return names.split(',').map((name) => [name, rest.join(':')] as const)
    }),
  )
}

/**
 * In version 2 a group that holds processes cannot hand controllers to groups below it, so ours is made beside us: under
 * the nearest ancestor that is writable and hands some down.
 */
function version2(group: string, root: string, own: string): Cgroups {
  for (let parent = path.dirname(own); ; parent = path.dirname(parent)) {
    const folder = path.join(root, parent)
    const offered = (attempt(() => fs.readFileSync(path.join(folder, 'cgroup.subtree_control'), 'utf8')) ?? '')
      .trim()
      .split(' ')
    const usable = controllers.filter((name) => offered.includes(name))
    const base = path.join(folder, group)
    if (usable.length > 0 && isWritable(path.join(folder, 'cgroup.procs')) && makeFolder(base)) {
      const handed = usable.filter((name) => write(path.join(base, 'cgroup.subtree_control'), `+${name}`))
      if (handed.length > 0) return groups2(base, handed, path.join(root, own, 'cgroup.procs'))
    }
    if (parent === '/' || parent === '.') return none
  }
}

function groups2(base: string, handed: Controller[], home: string): Cgroups {
  const has = (name: Controller) => handed.includes(name)
  return {
    enforced: { memory: has('memory'), cpu: has('cpu'), pids: has('pids') },
    create(name, limits) {
      const folder = path.join(base, name)
      removeFolder(folder)
      if (!makeFolder(folder)) return null
      const set = (file: string, value: string) => write(path.join(folder, file), value)
      if (has('memory') && limits.memory_bytes) {
        set('memory.max', String(limits.memory_bytes))
        set('memory.swap.max', '0')
      }
      if (has('cpu') && limits.cpu) set('cpu.max', `${Math.round(limits.cpu * CPU_PERIOD_US)} ${CPU_PERIOD_US}`)
      if (has('pids')) set('pids.max', String(limits.pids))
      return {
        enter: [path.join(folder, 'cgroup.procs')],
        leave: [home],
        oomCounter: has('memory') ? path.join(folder, 'memory.events') : null,
      }
    },
    remove: (name) => removeFolder(path.join(base, name)),
    close: () => removeFolder(base),
  }
}

/** In version 1 every controller has a tree of its own. */
function version1(group: string, root: string, own: Map<string, string>): Cgroups {
  const bases = controllers.flatMap((name) => {
    const home = [path.join(root, name, own.get(name) ?? '/'), path.join(root, name)].find((folder) =>
      isWritable(path.join(folder, 'cgroup.procs')),
    )
    const base = home && path.join(home, group)
    return home && base && makeFolder(base) ? [{ name, base, home }] : []
  })
  if (bases.length === 0) return none
  const has = (name: Controller) => bases.some((base) => base.name === name)
  return {
    enforced: { memory: has('memory'), cpu: has('cpu'), pids: has('pids') },
    create(name, limits) {
      for (const { base } of bases) removeFolder(path.join(base, name))
      const made = bases.filter(({ base }) => makeFolder(path.join(base, name)))
      const folderOf = (controller: Controller) =>
        path.join(made.find((each) => each.name === controller)?.base ?? '', name)
      if (has('memory') && limits.memory_bytes) {
        write(path.join(folderOf('memory'), 'memory.limit_in_bytes'), String(limits.memory_bytes))
        write(path.join(folderOf('memory'), 'memory.memsw.limit_in_bytes'), String(limits.memory_bytes))
      }
      if (has('cpu') && limits.cpu) {
        write(path.join(folderOf('cpu'), 'cpu.cfs_period_us'), String(CPU_PERIOD_US))
        write(path.join(folderOf('cpu'), 'cpu.cfs_quota_us'), String(Math.round(limits.cpu * CPU_PERIOD_US)))
      }
      if (has('pids')) write(path.join(folderOf('pids'), 'pids.max'), String(limits.pids))
      return {
        enter: made.map(({ base }) => path.join(base, name, 'cgroup.procs')),
        leave: made.map(({ home }) => path.join(home, 'cgroup.procs')),
        oomCounter: has('memory') ? path.join(folderOf('memory'), 'memory.oom_control') : null,
      }
    },
    remove(name) {
      for (const { base } of bases) removeFolder(path.join(base, name))
    },
    close() {
      for (const { base } of bases) removeFolder(base)
    },
  }
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action()
  } catch {
    return undefined
  }
}

const isWritable = (file: string) => attempt(() => fs.accessSync(file, fs.constants.W_OK) ?? true) ?? false
const makeFolder = (folder: string) => attempt(() => fs.mkdirSync(folder, { recursive: true }) ?? true) !== undefined
/** Fails while the kernel still counts a process that has ended; the next start tries again. */
const removeFolder = (folder: string) => attempt(() => fs.rmdirSync(folder))
const write = (file: string, value: string) => attempt(() => fs.writeFileSync(file, value) ?? true) ?? false
