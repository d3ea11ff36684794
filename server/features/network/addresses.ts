import os from 'node:os'

/** Bridges and the ends of cables between a machine and what it runs: others seldom reach us by them. */
const inner = /^(docker|br-|veth|virbr|cni|flannel|cali|podman|lxc)/

/** Ours that others may reach, the likeliest first: IPv4 before IPv6, cards before bridges, none that hold on one link only. */
export function ownAddresses(interfaces = os.networkInterfaces()): string[] {
  const all = Object.entries(interfaces).flatMap(([name, list]) =>
    (list ?? []).map(({ address, family, internal }) => ({
      address,
      isUsable: !internal && !/^(fe80:|169\.254\.)/i.test(address),
      rank: Number(family === 'IPv6') + 2 * Number(inner.test(name)),
    })),
  )
  return all
    .filter(({ isUsable }) => isUsable)
    .sort((a, b) => a.rank - b.rank)
    .map(({ address }) => address)
    .slice(0, 64)
}

/** The names that this machine answers to in its own network, in lower case. */
export function ownNames(hostname = os.hostname()): string[] {
  const name = hostname.toLowerCase()
  if (!/^[a-z0-9]([a-z0-9.-]{0,200}[a-z0-9])?$/.test(name)) return ['localhost']
  // Printers, phones and PCs find each other by the second one.
  return [...new Set(['localhost', name, ...(name.includes('.') || name === 'localhost' ? [] : [`${name}.local`])])]
}
