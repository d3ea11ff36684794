import type { FleetNode } from '#contract/nodes'

type Load = { cpu_percent: number; memory: { used: number; total: number }; disk: { used: number; total: number } }

/** The machines that tell their use, taken together: processors weigh by their number of cores. */
export function fleetLoad(nodes: readonly FleetNode[]): Load {
  const load: Load = { cpu_percent: 0, memory: { used: 0, total: 0 }, disk: { used: 0, total: 0 } }
  let cores = 0
  for (const node of nodes) {
    if (!node.usage || node.state === 'offline') continue
    const weight = node.cpu_cores ?? 1
    cores += weight
    load.cpu_percent += node.usage.cpu_percent * weight
    load.memory.used += node.usage.memory_bytes
    load.memory.total += node.memory_total_bytes ?? 0
    load.disk.used += node.usage.disk_bytes
    load.disk.total += node.disk_total_bytes ?? 0
  }
  if (cores > 0) load.cpu_percent /= cores
  return load
}
