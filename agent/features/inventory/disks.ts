import fs from 'node:fs'
import { statfs } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Static } from 'typebox'
import type { Disk } from '#contract/inventory'
import { readLines } from './read.ts'
import { clean } from './text.ts'

type Mount = { device: string; mountPoint: string; fileSystem: string; isReadOnly: boolean; id: string }

const MAX_DISKS = 256
/** A server that is gone lets whoever asks about its files wait for ever. */
const ANSWER_MS = 2000
/** Not on any disk, or, as squashfs, always full. */
const notDisks =
  /^(?:proc|sysfs|tmpfs|devtmpfs|devpts|mqueue|cgroup2?|cpuset|securityfs|pstore|bpf|debugfs|tracefs|configfs|fusectl|hugetlbfs|ramfs|rpc_pipefs|binfmt_misc|autofs|efivarfs|nsfs|selinuxfs|squashfs|fuse\.(?:lxcfs|gvfsd-fuse|portal|snapfuse))$/
/** Those that an engine makes for its containers. */
const ofContainers = /\/(?:overlay2|containers|overlay|io\.containerd[^/]*)\//

/** Asked and not answered yet: not asked again, or each reading would hold one more of the few threads for files. */
const waiting = new Set<string>()

/** The file systems of this machine that are on a disk, each once. */
export async function readDisks(): Promise<Static<typeof Disk>[]> {
  const found = process.platform === 'linux' ? mounts(readLines('/proc/self/mountinfo')) : otherMounts()
  const disks = await Promise.all(found.slice(0, MAX_DISKS).map(measure))
  return disks.filter((disk) => disk !== undefined)
}

/** Of what is mounted several times, the mount with the shortest path, as df has it. A later mount hides what was there before. */
export function mounts(lines: string[]): Mount[] {
  const visible = new Map<string, Mount>()
  for (const line of lines) {
    const [own = '', of = ''] = line.split(' - ', 2)
    const [, , id = '', , mountPoint = '', options = ''] = own.split(' ')
    const [fileSystem = '', device = '', superOptions = ''] = of.split(' ')
    const isReadOnly = [options, superOptions].some((list) => list.split(',').includes('ro'))
    const place = unescape(mountPoint)
    visible.set(place, { device: unescape(device), mountPoint: place, fileSystem, isReadOnly, id })
  }
  const byDevice = new Map<string, Mount>()
  for (const mount of visible.values()) {
    if (notDisks.test(mount.fileSystem) || ofContainers.test(mount.mountPoint)) continue
    const known = byDevice.get(mount.id)
    if (!known || mount.mountPoint.length < known.mountPoint.length) byDevice.set(mount.id, mount)
  }
  return [...byDevice.values()].sort((a, b) => (a.mountPoint < b.mountPoint ? -1 : 1))
}

/** Spaces and the like are written as three octal digits. */
const unescape = (text: string) =>
  text.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 8)))

function otherMounts(): Mount[] {
  const roots =
    process.platform === 'win32'
      ? Array.from({ length: 24 }, (_, i) => `${String.fromCodePoint(67 + i)}:\\`).filter((root) => fs.existsSync(root))
      : ['/']
  return roots.map((root) => ({ device: root, mountPoint: root, fileSystem: '', isReadOnly: false, id: root }))
}

async function measure(mount: Mount): Promise<Static<typeof Disk> | undefined> {
  if (waiting.has(mount.mountPoint)) return undefined
  waiting.add(mount.mountPoint)
  const answer = statfs(mount.mountPoint)
    .catch(() => undefined)
    .finally(() => waiting.delete(mount.mountPoint))
  const stats = await Promise.race([answer, sleep(ANSWER_MS, undefined, { ref: false })])
  if (!stats || stats.blocks === 0) return undefined
  return {
    device: clean(mount.device),
    mount_point: clean(mount.mountPoint, 1000),
    file_system: clean(mount.fileSystem, 64),
    total_bytes: stats.blocks * stats.bsize,
    used_bytes: (stats.blocks - stats.bfree) * stats.bsize,
    available_bytes: stats.bavail * stats.bsize,
    is_read_only: mount.isReadOnly,
  }
}
