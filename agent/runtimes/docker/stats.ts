import type Docker from 'dockerode'
import type { RuntimeUsage } from '../runtime.ts'

/** One frame of an engine's statistics, as far as we read it; the fields of control groups 1 and 2 differ. */
export type StatsFrame = {
  read: string
  cpu_stats: CpuStats
  precpu_stats?: Partial<CpuStats>
  memory_stats?: { usage?: number; limit?: number; stats?: { total_inactive_file?: number; inactive_file?: number } }
  pids_stats?: { current?: number }
  networks?: Record<string, { rx_bytes: number; tx_bytes: number }>
}
type CpuStats = {
  cpu_usage: { total_usage: number; percpu_usage?: number[] }
  system_cpu_usage?: number
  online_cpus?: number
}

/** What a frame and the one before it say. */
export function readFrame(frame: StatsFrame, before: StatsFrame | undefined, limit: number | null): RuntimeUsage {
  const { memory_stats: memory } = frame
  const cache = memory?.stats?.total_inactive_file ?? memory?.stats?.inactive_file ?? 0
  const seconds = before ? (Date.parse(frame.read) - Date.parse(before.read)) / 1000 : 0
  const rate = (direction: 'rx_bytes' | 'tx_bytes') => {
    if (!frame.networks || !before?.networks || seconds <= 0) return null
    return Math.max(0, Math.round((traffic(frame, direction) - traffic(before, direction)) / seconds))
  }
  return {
    cpu_percent: cpuPercent(frame, before),
    memory_bytes: Math.max(0, (memory?.usage ?? 0) - cache),
    memory_limit_bytes: limit,
    network_in_bytes_per_second: rate('rx_bytes'),
    network_out_bytes_per_second: rate('tx_bytes'),
    pids: frame.pids_stats?.current ?? null,
  }
}

function cpuPercent(frame: StatsFrame, before: StatsFrame | undefined): number {
  const { cpu_stats: now } = frame
  const last = before?.cpu_stats ?? frame.precpu_stats
  if (!last?.cpu_usage || !last.system_cpu_usage || !now.system_cpu_usage) return 0
  const cpus = now.online_cpus ?? now.cpu_usage.percpu_usage?.length ?? 1
  const used = now.cpu_usage.total_usage - last.cpu_usage.total_usage
  const passed = now.system_cpu_usage - last.system_cpu_usage
  return passed <= 0 ? 0 : Math.max(0, Math.round((used / passed) * cpus * 1000) / 10)
}

const traffic = (frame: StatsFrame, direction: 'rx_bytes' | 'tx_bytes') =>
  Object.values(frame.networks ?? {}).reduce((sum, network) => sum + network[direction], 0)

/** Follows containers by one stream each: asking an engine for a single frame takes it one to two seconds. */
export function createStats(client: () => Promise<Docker>) {
  type Followed = { usage: RuntimeUsage | null; stop: () => void }
  const followed = new Map<string, Followed>()

  async function follow(container: string, limit: number | null, entry: Followed) {
    const stream = (await (await client()).getContainer(container).stats({ stream: true })) as NodeJS.ReadableStream & {
      destroy: () => void
    }
    entry.stop = () => stream.destroy()
    if (followed.get(container) !== entry) return entry.stop()
    let before: StatsFrame | undefined
    let rest = ''
    stream.setEncoding('utf8')
    for await (const chunk of stream as AsyncIterable<string>) {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines.filter((text) => text.trim() !== '')) {
        const frame = JSON.parse(line) as StatsFrame
        // The last frame of a container that ended is empty.
        if (frame.cpu_stats.system_cpu_usage) entry.usage = readFrame(frame, before, limit)
        before = frame
      }
    }
  }

  return {
    /** The latest there is; the first question begins the stream. */
    usage(container: string, limit: number | null): RuntimeUsage | null {
      const known = followed.get(container)
      if (known) return known.usage
      const entry: Followed = { usage: null, stop: () => undefined }
      followed.set(container, entry)
      follow(container, limit, entry)
        .catch(() => undefined)
        .finally(() => {
          if (followed.get(container) === entry) followed.delete(container)
        })
      return null
    },
    forget(container: string): void {
      followed.get(container)?.stop()
      followed.delete(container)
    },
    close(): void {
      for (const { stop } of followed.values()) stop()
      followed.clear()
    },
  }
}
