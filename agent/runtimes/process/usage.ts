import fs from 'node:fs'
import type { InstanceSpec } from '#contract/agent'
import { type ProcessRow, readProcesses } from '../process-table.ts'
import { findTree } from '../process-tree.ts'
import type { Run } from '../run.ts'
import type { RuntimeUsage } from '../runtime.ts'

/** One look at all processes serves every server asked about within this time. */
const FRESH_MS = 500
/** A rate over less than this says nothing. */
const RATE_MS = 900

type Sample = { run: number; at: number; cpu: Map<string, number>; percent: number }

/** Measures native servers: memory and processor time of their whole process trees. Reads only when asked. */
export function createProcessUsage(now: () => number = () => performance.now()) {
  let rows: ProcessRow[] = []
  let readAt = -Infinity
  const samples = new Map<string, Sample>()

  return (id: string, run: Run, spec: InstanceSpec, memoryEnforced: boolean): RuntimeUsage | null => {
    const at = now()
    if (at - readAt > FRESH_MS) {
      rows = readProcesses()
      readAt = at
    }
    const tree = findTree({ child: run.status().child }, rows)
    if (tree.length === 0) return null
    const cpu = new Map(tree.map((row) => [`${row.pid} ${row.start}`, row.cpuMs]))
    const last = samples.get(id)
    let percent = last?.run === run.number ? last.percent : 0
    if (last?.run !== run.number) samples.set(id, { run: run.number, at, cpu, percent })
    else if (at - last.at >= RATE_MS) {
      // A process that was not there before used all of its time since.
      const used = [...cpu].reduce((sum, [key, ms]) => sum + ms - (last.cpu.get(key) ?? 0), 0)
      percent = Math.max(0, (used / (at - last.at)) * 100)
      samples.set(id, { run: run.number, at, cpu, percent })
    }
    return {
      cpu_percent: Math.round(percent * 10) / 10,
      memory_bytes: tree.reduce((sum, row) => sum + memoryOf(row, tree.length), 0),
      memory_limit_bytes: memoryEnforced ? spec.limits.memory_bytes : null,
      network_in_bytes_per_second: null,
      network_out_bytes_per_second: null,
      pids: tree.length,
    }
  }
}

/** Among several processes the share of each counts, so that what they have in common is counted once. */
function memoryOf(row: ProcessRow, processes: number): number {
  if (processes === 1) return row.rssBytes
  try {
    const share = /^Pss:\s+(\d+) kB$/m.exec(fs.readFileSync(`/proc/${row.pid}/smaps_rollup`, 'latin1'))
    return share ? Number(share[1]) * 1024 : row.rssBytes
  } catch {
    return row.rssBytes
  }
}
