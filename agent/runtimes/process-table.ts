import { execFileSync } from 'node:child_process'
import fs from 'node:fs'

/** A process, told from a later one with the same number by the moment it started. */
export type ProcessIdentity = { pid: number; start: string }

export type ProcessRow = ProcessIdentity & {
  ppid: number
  session: number
  name: string
  cpuMs: number
  rssBytes: number
  threads: number
  /** One letter as ps shows it; empty where the system does not tell. */
  state: string
  zombie: boolean
  isKernelThread: boolean
}

// The kernel counts in hundredths of a second whatever its own tick is.
const MS_PER_TICK = 10
const PAGE_BYTES = 4096
const PF_KTHREAD = 0x20_00_00
const linux = process.platform === 'linux'

/** What identifies a living process; undefined when there is none, or only its zombie. */
export function identify(pid: number): ProcessIdentity | undefined {
  const row = readProcess(pid)
  return row && !row.zombie ? { pid, start: row.start } : undefined
}

/** One process, also when only its zombie is left. */
export const readProcess = (pid: number): ProcessRow | undefined =>
  linux ? readStat(pid) : readProcesses().find((candidate) => candidate.pid === pid)

export function isAlive(process: ProcessIdentity): boolean {
  return identify(process.pid)?.start === process.start
}

/** Names the boot of this machine; empty where the system has no name for it. */
export function bootId(): string {
  try {
    return fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return ''
  }
}

/** Every process of this machine that we may see. */
export function readProcesses(): ProcessRow[] {
  if (!linux) return process.platform === 'win32' ? readWindows() : readPs()
  return fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readStat(Number(name)))
    .filter((row) => row !== undefined)
}

function readStat(pid: number): ProcessRow | undefined {
  let stat: string
  try {
    stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1')
  } catch {
    return undefined
  }
  // The name is in parentheses and may itself hold spaces and parentheses; the fields after it are counted from 3.
  const nameEnd = stat.lastIndexOf(')')
  const fields = stat.slice(nameEnd + 2).split(' ')
  const field = (number: number) => fields[number - 3] ?? '0'
  return {
    pid,
    name: stat.slice(stat.indexOf('(') + 1, nameEnd),
    ppid: Number(field(4)),
    session: Number(field(6)),
    cpuMs: (Number(field(14)) + Number(field(15))) * MS_PER_TICK,
    start: field(22),
    rssBytes: Number(field(24)) * PAGE_BYTES,
    threads: Number(field(20)),
    state: field(3),
    zombie: field(3) === 'Z' || field(3) === 'X',
    isKernelThread: (Number(field(9)) & PF_KTHREAD) !== 0,
  }
}

function readPs(): ProcessRow[] {
  const output = execFileSync('ps', ['-axo', 'pid=,ppid=,sess=,rss=,time=,stat=,lstart=,comm='], { encoding: 'utf8' })
  return output.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\d+)\s+(\S+)\s+(\S+)\s+(\w+ +\w+ +\d+ [\d:]+ \d+)\s+(.*)$/.exec(line)
    if (!match) return []
    const [, pid, ppid, session, rss, time = '', state = '', start = '', name = ''] = match
    const seconds = time.split(/[:-]/).reduce((sum, part) => sum * 60 + Number(part), 0)
    return [
      {
        pid: Number(pid),
        ppid: Number(ppid),
        session: Number.parseInt(session ?? '0', 10) || 0,
        name,
        cpuMs: seconds * 1000,
        start,
        rssBytes: Number(rss) * 1024,
        threads: 1,
        state: state.slice(0, 1),
        zombie: state.startsWith('Z'),
        isKernelThread: false,
      },
    ]
  })
}

function readWindows(): ProcessRow[] {
  const query =
    'Get-CimInstance Win32_Process | Select-Object ProcessId,ParentProcessId,Name,WorkingSetSize,KernelModeTime,UserModeTime,@{n="Start";e={$_.CreationDate.Ticks}} | ConvertTo-Json -Compress'
  const output = execFileSync('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', query], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    windowsHide: true,
  })
  const rows = JSON.parse(output) as Record<string, string | number | null>[]
  return rows.map((row) => ({
    pid: Number(row.ProcessId),
    ppid: Number(row.ParentProcessId),
    session: 0,
    name: String(row.Name),
    cpuMs: (Number(row.KernelModeTime) + Number(row.UserModeTime)) / 10_000,
    start: String(row.Start),
    rssBytes: Number(row.WorkingSetSize),
    threads: 1,
    state: '',
    zombie: false,
    isKernelThread: false,
  }))
}
