import type { WorkloadDocument } from '#contract/workload'
import { protocolsOf } from '#contract/workload-rules'
import { conflict, invalid } from '#server/errors'
import type { PlannedPort } from './store.ts'

export type Protocol = 'tcp' | 'udp'
export type TakenPort = { host_port: number; protocol: Protocol; by: string }

export type PortPlanInput = {
  document: WorkloadDocument
  /** Host ports by port name, as the person wishes. */
  overrides: Readonly<Record<string, number>>
  /** What it has now: kept unless something says otherwise. */
  current: readonly Pick<PlannedPort, 'name' | 'host_port' | 'protocol'>[]
  range: { start: number; end: number }
  /** Given out to other servers of the machine. */
  taken: readonly TakenPort[]
  /** What the machine listens on besides our servers. */
  listening: readonly TakenPort[]
  nodeName: string
  /** It is not on this machine yet, so what listens there on a port of its own is somebody else. */
  isElsewhere?: boolean
}

const keyOf = (host_port: number, protocol: Protocol) => `${host_port}/${protocol}`

/** Chooses the host ports of a server. A number is given out once; tcp and udp of one port get the same. */
export function planPorts({
  document,
  overrides,
  current,
  range,
  taken,
  listening,
  nodeName,
  isElsewhere = false,
}: PortPlanInput): PlannedPort[] {
  const specs = document.spec.ports ?? []
  for (const name of Object.keys(overrides)) {
    if (specs.some((spec) => spec.name === name)) continue
    throw invalid('unknown_port', `The workload has no port named ${name}.`, [
      { path: `ports.${name}`, message: 'is not a port of this workload' },
    ])
  }
  const used = new Map(taken.map(({ host_port, protocol, by }) => [keyOf(host_port, protocol), by]))
  const busy = new Map(listening.map(({ host_port, protocol, by }) => [keyOf(host_port, protocol), by]))
  const own = new Set((isElsewhere ? [] : current).map(({ host_port, protocol }) => keyOf(host_port, protocol)))

  const takenBy = (port: number, protocols: readonly Protocol[]): string | undefined => {
    for (const protocol of protocols) {
      const key = keyOf(port, protocol)
      const by = used.get(key) ?? (own.has(key) ? undefined : busy.get(key))
      if (by !== undefined) return `Port ${port}/${protocol} on ${nodeName} is taken by ${by}. Choose another one.`
    }
    return undefined
  }

  function chooseFree(wanted: number, protocols: readonly Protocol[]): number {
    // The number that the game's players expect, while it is free.
    if (wanted >= range.start && wanted <= range.end && takenBy(wanted, protocols) === undefined) return wanted
    for (let port = range.start; port <= range.end; port++) if (takenBy(port, protocols) === undefined) return port
    throw conflict(
      'no_free_port',
      `No port from ${range.start} to ${range.end} is free on ${nodeName}. Widen its port range, or delete servers that are not needed.`,
    )
  }

  const primary = specs.find((spec) => spec.primary)?.name ?? specs[0]?.name
  const chosen = new Map<string, PlannedPort[]>()
  const choose = (spec: (typeof specs)[number], port: number) => {
    const protocols = protocolsOf(spec)
    chosen.set(
      spec.name,
      protocols.map((protocol) => {
        used.set(keyOf(port, protocol), `the port ${spec.name} of the same server`)
        return {
          name: spec.name,
          container_port: spec.containerPort,
          host_port: port,
          protocol,
          is_primary: spec.name === primary,
        }
      }),
    )
  }

  // Fixed numbers first, so that none of them is given to a port that would take any. A number that it merely had is
  // chosen anew where it can no longer be.
  const open: typeof specs = []
  for (const spec of specs) {
    const kept = current.find(({ name }) => name === spec.name)?.host_port
    const wished = overrides[spec.name] ?? (kept === undefined ? spec.hostPort : undefined)
    const fixed = wished ?? kept
    if (fixed === undefined) {
      open.push(spec)
      continue
    }
    const problem = takenBy(fixed, protocolsOf(spec))
    if (problem === undefined) choose(spec, fixed)
    else if (wished === undefined) open.push(spec)
    else throw conflict('port_taken', problem)
  }
  for (const spec of open) choose(spec, chooseFree(spec.containerPort, protocolsOf(spec)))
  return specs.flatMap((spec) => chosen.get(spec.name) ?? [])
}
