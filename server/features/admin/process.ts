import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { AdminMetrics } from '#contract/admin'

const RESOLUTION_MS = 20
const WINDOW_MS = 60_000

/** What this process costs: the delay of its loop in the last minute or so, its processor time between two looks. */
export function createProcessWatch() {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  let windowBegan = performance.now()
  let looked = { at: performance.now() - process.uptime() * 1000, cpu: { user: 0, system: 0 } }
  let cpuPercent = 0

  return {
    read(): AdminMetrics['process'] {
      const now = performance.now()
      // The timer's own period is part of what it measures; before its first beat it has measured nothing.
      const p99 = delay.count > 0 ? Math.max(0, delay.percentile(99) / 1e6 - RESOLUTION_MS) : 0
      if (now - windowBegan > WINDOW_MS) {
        delay.reset()
        windowBegan = now
      }
      if (now - looked.at >= 1000) {
        const cpu = process.cpuUsage()
        cpuPercent = (cpu.user + cpu.system - looked.cpu.user - looked.cpu.system) / 10 / (now - looked.at)
        looked = { at: now, cpu }
      }
      const { rss, heapUsed } = process.memoryUsage()
      return {
        rss_bytes: rss,
        heap_bytes: heapUsed,
        cpu_percent: Math.round(cpuPercent * 10) / 10,
        event_loop_p99_ms: Math.round(p99 * 10) / 10,
      }
    },
    close: () => delay.disable(),
  }
}
export type ProcessWatch = ReturnType<typeof createProcessWatch>
