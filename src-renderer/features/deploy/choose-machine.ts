import type { FleetNode } from '#contract/nodes'

export type Obstacle = 'offline' | 'unhealthy' | 'cordoned' | 'draining' | 'runtime'

export type Candidate = {
  node: FleetNode
  /** Why nothing can be deployed there now; null where it can. */
  obstacle: Obstacle | null
  /** Memory that nothing uses at the moment; null where the machine has not said. */
  freeBytes: number | null
}

export type Choice = { node: FleetNode; reason: 'only' | 'most_free' | 'unmeasured'; freeBytes: number | null }

function obstacleOf(node: FleetNode, runtime: 'docker' | 'process'): Obstacle | null {
  if (node.state === 'offline') return 'offline'
  if (node.draining) return 'draining'
  if (node.cordoned) return 'cordoned'
  if (!node.capabilities.runtimes.includes(runtime)) return 'runtime'
  return node.state === 'unhealthy' ? 'unhealthy' : null
}

const freeBytesOf = ({ memory_total_bytes: total, usage }: FleetNode): number | null =>
  total === null || usage === null ? null : Math.max(0, total - usage.memory_bytes)

/** Every machine, the best one first; those that cannot take the server last. */
export function rankMachines(nodes: readonly FleetNode[], runtime: 'docker' | 'process'): Candidate[] {
  return nodes
    .map((node) => ({ node, obstacle: obstacleOf(node, runtime), freeBytes: freeBytesOf(node) }))
    .toSorted(
      (a, b) =>
        Number(a.obstacle !== null) - Number(b.obstacle !== null) ||
        (b.freeBytes ?? -1) - (a.freeBytes ?? -1) ||
        a.node.instance_count - b.node.instance_count ||
        a.node.name.localeCompare(b.node.name),
    )
}

/** The machine to offer, and why it; undefined where none can take the server. */
export function bestMachine(ranked: readonly Candidate[]): Choice | undefined {
  const able = ranked.filter(({ obstacle }) => obstacle === null)
  const [first] = able
  if (!first) return undefined
  const reason = able.length === 1 ? 'only' : first.freeBytes === null ? 'unmeasured' : 'most_free'
  return { node: first.node, reason, freeBytes: first.freeBytes }
}
