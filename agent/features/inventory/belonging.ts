import type { Owner } from '#agent/features/instances/manager'
import type { ProcessIdentity, ProcessRow } from '#agent/runtimes/process-table'
import { carriedBy } from '#agent/runtimes/process-tree'
import { readText } from './read.ts'

export type Find = (pid: number) => ProcessRow | undefined
export type Belonging = {
  /** The server that a process belongs to; null for all others. */
  serverOf: (pid: number) => string | null
  /** Ending it would end the agent, the machine, or what holds a server. */
  isProtected: (pid: number) => boolean
}

const MAX_DEPTH = 1000

/** Whose a process is: by the first process of a server, its session, its children, its container, and the marker that all of them carry. */
export function belonging(find: Find, owners: readonly Owner[]): Belonging {
  const isSame = ({ pid, start }: ProcessIdentity) => find(pid)?.start === start
  const leaders = new Map<number, string>()
  const containers = new Map<string, string>()
  const supervisors = new Map<number, string>()
  const running = new Set<string>()
  for (const { id, runs } of owners) {
    for (const { supervisor, child, container_id } of runs) {
      running.add(id)
      if (isSame(supervisor)) supervisors.set(supervisor.pid, id)
      if (child && isSame(child)) leaders.set(child.pid, id)
      if (container_id) containers.set(container_id, id)
    }
  }

  function own({ pid, session }: ProcessRow): string | null {
    const direct = leaders.get(pid) ?? supervisors.get(pid) ?? leaders.get(session)
    if (direct !== undefined) return direct
    for (const id of containers.size > 0
      ? (readText(`/proc/${pid}/cgroup`, 16_384).match(/[0-9a-f]{64}/g) ?? [])
      : []) {
      const owner = containers.get(id)
      if (owner !== undefined) return owner
    }
    return running.size > 0 ? carriedBy(pid, running) : null
  }

  const known = new Map<number, string | null>()
  function serverOf(pid: number): string | null {
    const path: number[] = []
    let found: string | null = null
    for (let row = find(pid); row && row.pid > 1 && row.pid !== process.pid; row = find(row.ppid)) {
      const before = known.get(row.pid)
      found = before === undefined ? own(row) : before
      path.push(row.pid)
      if (before !== undefined || found !== null || path.length > MAX_DEPTH) break
    }
    for (const each of path) known.set(each, found)
    return found
  }

  const ancestors = new Set<number>()
  for (let row = find(process.pid); row && !ancestors.has(row.pid); row = find(row.ppid)) ancestors.add(row.pid)
  return {
    serverOf,
    isProtected: (pid) =>
      pid <= 1 || ancestors.has(pid) || supervisors.has(pid) || (find(pid)?.isKernelThread ?? false),
  }
}

/** What names a process for good, in digits: the kernel's count where it has one. */
export const startToken = (start: string): string => (/^\d+$/.test(start) ? start : String(Date.parse(start)))
