import type { FleetNode } from '#contract/nodes'

/** How one's own OpenSSH reaches a machine that answers under its address. */
export function loginCommand(
  login: string,
  node?: Pick<FleetNode, 'address' | 'hostname' | 'name' | 'features'>,
): string {
  const host = node ? (node.address ?? node.hostname ?? node.name) : 'MACHINE'
  const port = node?.features.ssh?.port ?? 22
  return `ssh ${port === 22 ? '' : `-p ${port} `}${login}@${host}`
}
