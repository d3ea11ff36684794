import type { Instance } from '#contract/instances'
import type { FleetNode } from '#contract/nodes'

export type Attention = { kind: 'instance'; of: Instance } | { kind: 'node'; of: FleetNode }

/** What somebody should look at, worst first: machines away, servers in error, then servers that wait for a restart. */
export function needsAttention(nodes: readonly FleetNode[], instances: readonly Instance[]): Attention[] {
  const machines = nodes.filter(({ state }) => state !== 'healthy').map((of): Attention => ({ kind: 'node', of }))
  const broken = instances.filter(({ state }) => state === 'error').map((of): Attention => ({ kind: 'instance', of }))
  const outdated = instances
    .filter(({ state, restart_needed }) => state !== 'error' && restart_needed)
    .map((of): Attention => ({ kind: 'instance', of }))
  return [...machines, ...broken, ...outdated]
}
