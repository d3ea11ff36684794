import fs from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ProcessRow, readProcesses } from './process-table.ts'

/** Every process of a server carries its id in its environment, so that even one that left its session is found. */
export const MARKER = 'SHARDLYN_INSTANCE_ID'

export type TreeRoot = {
  /** The server's first process, which leads a session of its own. */
  child: { pid: number; start: string } | null
  /** The value of the marker; also finds processes whose parents and session are gone. */
  marker?: string
  /** The marker's name, where it is not MARKER. */
  variable?: string
  /** A control group's list of its processes. */
  cgroupProcs?: string | null
}

/** The server's processes: its first one, their children, its session, its control group, whoever carries its marker. */
export function findTree(root: TreeRoot, rows: ProcessRow[] = readProcesses()): ProcessRow[] {
  const byPid = new Map(rows.map((row) => [row.pid, row]))
  const members = new Set<number>()
  const leader = root.child && byPid.get(root.child.pid)
  // A leader with another start time is a stranger that was given the number later.
  const stranger = leader && root.child && leader.start !== root.child.start
  if (root.child && !stranger) {
    members.add(root.child.pid)
    for (const row of rows) if (row.session === root.child.pid) members.add(row.pid)
  }
  if (root.cgroupProcs) for (const pid of cgroupMembers(root.cgroupProcs)) members.add(pid)
  const { marker, variable = MARKER } = root
  if (marker) for (const row of rows) if (carries(row.pid, variable, marker)) members.add(row.pid)
  for (let grown = true; grown;) {
    grown = false
    for (const row of rows) {
      if (members.has(row.pid) || !members.has(row.ppid)) continue
      members.add(row.pid)
      grown = true
    }
  }
  members.delete(process.pid)
  return [...members].map((pid) => byPid.get(pid)).filter((row) => row !== undefined && !row.zombie) as ProcessRow[]
}

/** Kills the whole tree, again and again until nothing of it is left; false when something outlived five seconds. */
export async function killTree(root: TreeRoot): Promise<boolean> {
  for (let round = 0; round < 250; round++) {
    const rows = findTree(root)
    if (rows.length === 0) return true
    for (const row of rows) send(row.pid, 'SIGKILL')
    await sleep(round < 10 ? 5 : 20)
  }
  return false
}

/** Sends a signal to the server's process group, as a terminal would. */
export function signalGroup(pid: number, signal: string): void {
  if (process.platform === 'win32') send(pid, signal)
  else if (!send(-pid, signal)) send(pid, signal)
}

function send(pid: number, signal: string): boolean {
  try {
    return process.kill(pid, signal as NodeJS.Signals)
  } catch {
    return false
  }
}

function cgroupMembers(file: string): number[] {
  try {
    return fs.readFileSync(file, 'utf8').split('\n').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

function carries(pid: number, variable: string, marker: string): boolean {
  try {
    return `\0${fs.readFileSync(`/proc/${pid}/environ`, 'latin1')}`.includes(`\0${variable}=${marker}\0`)
  } catch {
    return false
  }
}

/** The server whose marker a process carries, of those named. */
export function carriedBy(pid: number, ids: ReadonlySet<string>): string | null {
  try {
    const environment = `\0${fs.readFileSync(`/proc/${pid}/environ`, 'latin1')}`
    const start = environment.indexOf(`\0${MARKER}=`)
    if (start < 0) return null
    const marker = environment.slice(start + MARKER.length + 2).split('\0', 1)[0] ?? ''
    const id = marker.replace(/\.install$/, '')
    return ids.has(id) ? id : null
  } catch {
    return null
  }
}
