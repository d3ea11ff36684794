import { setImmediate as breathe, setTimeout as sleep } from 'node:timers/promises'
import type { MachineProcess } from '#contract/inventory'
import type { Owner } from '#agent/features/instances/manager'
import { type ProcessRow, readProcesses } from '#agent/runtimes/process-table'
import { userNames } from './accounts.ts'
import { belonging, startToken } from './belonging.ts'
import { createCommandLines } from './command-line.ts'
import { readText } from './read.ts'
import { bootTime } from './system.ts'
import { clean } from './text.ts'

export type Processes = { at: string; processes: MachineProcess[]; total: number }
type Reading = { at: number; cpuMs: Map<string, number> }

const MAX_PROCESSES = 2000
/** Over less, a share of a core says little. */
const MIN_WINDOW_MS = 900
/** And over more, what it was long ago. */
const MAX_WINDOW_MS = 15_000
const FIRST_WINDOW_MS = 200
/** Processes looked at before others get a turn: consoles must not wait for a long list. */
const SLICE = 100
const MS_PER_TICK = 10

const key = ({ pid, start }: ProcessRow) => `${pid} ${start}`
const readingOf = (rows: ProcessRow[], at: number): Reading => ({
  at,
  cpuMs: new Map(rows.map((row) => [key(row), row.cpuMs])),
})

/** Reads what runs on this machine. Shares of the processor are since the reading before, or over a moment where there is none. */
export function createProcessReader(owners: () => readonly Owner[], now: () => number = () => performance.now()) {
  const commandLine = createCommandLines()
  let base: Reading | undefined
  let latest: Reading | undefined
  let underWay: Promise<Processes> | undefined

  async function measured(): Promise<{ rows: ProcessRow[]; percent: (row: ProcessRow) => number }> {
    if (latest && now() - latest.at >= MIN_WINDOW_MS) base = latest
    if (!base || now() - base.at > MAX_WINDOW_MS) {
      const rows = readProcesses()
      base = readingOf(rows, now())
      await sleep(FIRST_WINDOW_MS)
    }
    const from = base
    const rows = readProcesses()
    const at = now()
    latest = readingOf(rows, at)
    // A process that was not there before used all of its time since.
    return {
      rows,
      percent: (row) =>
        Math.max(0, Math.round(((row.cpuMs - (from.cpuMs.get(key(row)) ?? 0)) / (at - from.at)) * 1000) / 10),
    }
  }

  async function read(): Promise<Processes> {
    const { rows, percent } = await measured()
    const at = new Date().toISOString()
    const byPid = new Map(rows.map((row) => [row.pid, row]))
    const whose = belonging((pid) => byPid.get(pid), owners())
    const nameOf = userNames()
    const boot = bootTime()
    const listed = rows
      .map((row) => ({ row, cpu: percent(row) }))
      .sort((a, b) => b.cpu - a.cpu || b.row.rssBytes - a.row.rssBytes || a.row.pid - b.row.pid)
      .slice(0, MAX_PROCESSES)
    const processes: MachineProcess[] = []
    for (const [index, { row, cpu }] of listed.entries()) {
      if (index % SLICE === SLICE - 1) await breathe()
      const status = readText(`/proc/${row.pid}/status`, 8192)
      const uid = /^Uid:\s+\d+\s+(\d+)/m.exec(status)?.[1]
      const resident = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]
      const name = clean(row.name, 64)
      processes.push({
        pid: row.pid,
        parent_pid: row.ppid,
        started_at: startToken(row.start),
        started: new Date(startMs(row.start, boot)).toISOString(),
        user: uid === undefined ? '' : nameOf(Number(uid)),
        name,
        command: commandLine(row.pid) || (row.isKernelThread || row.zombie ? `[${name}]` : name),
        state: row.state,
        cpu_percent: cpu,
        memory_bytes: resident === undefined ? row.rssBytes : Number(resident) * 1024,
        threads: row.threads,
        instance_id: whose.serverOf(row.pid),
        is_protected: whose.isProtected(row.pid),
      })
    }
    return { at, processes, total: rows.length }
  }

  /** Whoever asks meanwhile gets the same reading. */
  return (): Promise<Processes> =>
    (underWay ??= read().finally(() => {
      underWay = undefined
    }))
}

/** The kernel counts from the boot; macOS tells the time, Windows the ticks of its own calendar. */
function startMs(start: string, boot: number): number {
  if (process.platform === 'linux') return boot + Number(start) * MS_PER_TICK
  if (process.platform === 'win32') return Number((BigInt(start || '0') - 621_355_968_000_000_000n) / 10_000n)
  return Date.parse(start)
}
