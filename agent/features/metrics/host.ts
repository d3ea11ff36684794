import fs from 'node:fs'
import { statfs } from 'node:fs/promises'
import os from 'node:os'
import type { NodeUsage } from '#contract/nodes'

export type HostUsage = { usage: NodeUsage; disk_total_bytes: number }

/** Rates over less say little; the ones before still hold. */
const MIN_WINDOW_MS = 1000

type Counters = { at: number; busy: number; total: number; received: number; sent: number }

/** Not the machine's own: what goes through them is counted where it leaves. */
const virtual = /^(lo|veth|docker|br-|virbr|cni|flannel|cali|tap|tun|ifb|dummy)/

const read = (file: string): string | undefined => {
  try {
    return fs.readFileSync(file, 'latin1')
  } catch {
    return undefined
  }
}

function cpuTimes(): { busy: number; total: number } {
  const line = read('/proc/stat')?.split('\n', 1)[0]
  if (line?.startsWith('cpu ')) {
    // user nice system idle iowait irq softirq steal; guest time is in user already.
    const fields = line.trim().split(/\s+/).slice(1, 9).map(Number)
    const total = fields.reduce((sum, field) => sum + field, 0)
    return { total, busy: total - (fields[3] ?? 0) - (fields[4] ?? 0) }
  }
  let total = 0
  let idle = 0
  for (const { times } of os.cpus()) {
    total += times.user + times.nice + times.sys + times.idle + times.irq
    idle += times.idle
  }
  return { total, busy: total - idle }
}

/** Bytes through the machine's own interfaces. Only Linux tells without a process of its own; elsewhere it stays zero. */
function networkBytes(): { received: number; sent: number } {
  let received = 0
  let sent = 0
  for (const line of (read('/proc/net/dev') ?? '').split('\n').slice(2)) {
    const [name = '', rest] = line.split(':')
    if (rest === undefined || virtual.test(name.trim())) continue
    const fields = rest.trim().split(/\s+/)
    received += Number(fields[0]) || 0
    sent += Number(fields[8]) || 0
  }
  return { received, sent }
}

/** What programs could not have at once. Caches count as free, as they give way. */
function memoryBytes(): number {
  const available = /^MemAvailable:\s+(\d+) kB/m.exec(read('/proc/meminfo') ?? '')?.[1]
  return os.totalmem() - (available === undefined ? os.freemem() : Number(available) * 1024)
}

const count = (): Counters => ({ at: performance.now(), ...cpuTimes(), ...networkBytes() })

function ratesBetween(a: Counters, b: Counters) {
  const seconds = Math.max((b.at - a.at) / 1000, 0.001)
  const total = b.total - a.total
  // Counters that went back were reset, for instance with an interface.
  const rate = (before: number, after: number) => (after >= before ? Math.round((after - before) / seconds) : 0)
  return {
    cpu_percent: total > 0 ? Math.min(Math.max(Math.round(((b.busy - a.busy) / total) * 1000) / 10, 0), 100) : 0,
    network_in_bytes_per_second: rate(a.received, b.received),
    network_out_bytes_per_second: rate(a.sent, b.sent),
  }
}

/** Measures the machine: rates between one call and the next. `folder` is on the file system that holds the servers. */
export function createHostMeter(folder: string) {
  let last = count()
  let rates: ReturnType<typeof ratesBetween> | undefined
  return async (): Promise<HostUsage> => {
    const now = count()
    if (!rates || now.at - last.at >= MIN_WINDOW_MS) {
      rates = ratesBetween(last, now)
      last = now
    }
    const usage = { ...rates, memory_bytes: memoryBytes(), load_1m: Math.round((os.loadavg()[0] ?? 0) * 100) / 100 }
    const disk = await statfs(folder).catch(() => undefined)
    const disk_total_bytes = disk ? disk.blocks * disk.bsize : 0
    return { usage: { ...usage, disk_bytes: disk ? (disk.blocks - disk.bfree) * disk.bsize : 0 }, disk_total_bytes }
  }
}
export type HostMeter = ReturnType<typeof createHostMeter>
