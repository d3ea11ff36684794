import type { Static } from 'typebox'
import type { DrainStep } from '#contract/migrations'

export type Step = Static<typeof DrainStep>
/** `is_chosen`: somebody gave it a number outside of its machine’s range, which is kept elsewhere too. */
type Port = { name: string; host_port: number; protocol: 'tcp' | 'udp'; is_chosen: boolean }

/** One server that has to go. */
export type Leaving = {
  id: string
  name: string
  is_running: boolean
  /** Its limit; without one, what it uses now. */
  memory_bytes: number | null
  disk_bytes: number
  runtime: 'docker' | 'process'
  /** What a machine must bear to take it. */
  needs_labels: Readonly<Record<string, string>>
  ports: readonly Port[]
  is_moving: boolean
}

/** One machine that may take some. */
export type Room = {
  id: string
  name: string
  runtimes: readonly string[]
  labels: Readonly<Record<string, string>>
  /** Null: not known, so not a limit. */
  memory_free: number | null
  disk_free: number | null
  range: { start: number; end: number }
  /** `25565/tcp`. */
  taken: ReadonlySet<string>
}

type Left = Omit<Room, 'taken'> & { taken: Set<string> }
type Code = NonNullable<Step['code']>

const keyOf = (port: number, protocol: string) => `${port}/${protocol}`

/** A number that is free for all of a port's protocols: the one that it has, else the lowest. */
function choosePort(room: Left, used: ReadonlySet<string>, { host_port, is_chosen }: Port, protocols: string[]) {
  const isFree = (port: number) =>
    protocols.every((protocol) => !room.taken.has(keyOf(port, protocol)) && !used.has(keyOf(port, protocol)))
  const isWithin = host_port >= room.range.start && host_port <= room.range.end
  if ((isWithin || is_chosen) && isFree(host_port)) return host_port
  for (let port = room.range.start; port <= room.range.end; port++) if (isFree(port)) return port
  return undefined
}

function choosePorts(room: Left, server: Leaving): Step['ports'] | undefined {
  const used = new Set<string>()
  const chosen: Step['ports'] = []
  for (const [name, ports] of Map.groupBy(server.ports, (port) => port.name)) {
    const [port] = ports
    if (!port) continue
    const { host_port: from } = port
    const protocols = ports.map(({ protocol }) => protocol)
    const to = choosePort(room, used, port, protocols)
    if (to === undefined) return undefined
    for (const protocol of protocols) used.add(keyOf(to, protocol))
    chosen.push({ name, from, to })
  }
  return chosen
}

const hasLabels = (room: Left, needs: Leaving['needs_labels']) =>
  Object.entries(needs).every(([name, value]) => room.labels[name] === value)

/** Why a machine does not take a server; the ports that it would get, when it does. */
function offer(room: Left, server: Leaving): { code: Code } | { ports: Step['ports'] } {
  if (!room.runtimes.includes(server.runtime)) return { code: 'no_runtime' }
  if (!hasLabels(room, server.needs_labels)) return { code: 'wrong_labels' }
  if (room.memory_free !== null && (server.memory_bytes ?? 0) > room.memory_free) return { code: 'no_memory' }
  if (room.disk_free !== null && server.disk_bytes > room.disk_free) return { code: 'no_disk' }
  const ports = choosePorts(room, server)
  return ports ? { ports } : { code: 'no_port' }
}

/** The reason that was nearest to a yes: what people can do the least about comes first in the list. */
const nearest: readonly Code[] = ['no_port', 'no_disk', 'no_memory', 'wrong_labels', 'no_runtime']

const words: Record<Code, (server: Leaving) => string> = {
  already_moving: ({ name }) => `${name} is being moved already.`,
  no_machine: () => 'There is no other machine that is healthy and takes servers. Add one, or uncordon one.',
  no_runtime: ({ runtime }) =>
    runtime === 'docker'
      ? 'No other machine runs containers. Install Docker on one.'
      : 'No other machine runs servers natively.',
  wrong_labels: ({ needs_labels }) =>
    `No other machine bears the labels that it asks for: ${Object.entries(needs_labels)
      .map(([name, value]) => `${name}=${value}`)
      .join(', ')}.`,
  no_memory: () => 'No machine that could take it has enough memory left.',
  no_disk: () => 'No machine that could take it has enough room on its disk left.',
  no_port: () => 'No machine that could take it has enough free ports left. Widen the port range of one.',
}

const refused = (server: Leaving, code: Code): Step => ({
  ...shown(server),
  target_node_id: null,
  target_node_name: null,
  ports: [],
  reason: words[code](server),
  code,
})
const shown = ({ id, name, is_running, memory_bytes }: Leaving) => ({
  instance_id: id,
  instance_name: name,
  is_running,
  memory_bytes,
})

/**
 * Where each server of a machine goes. The largest is placed first, and on the machine where the least memory is left over, so that
 * what fits somewhere finds its place; nothing is promised twice.
 */
export function planDrain(servers: readonly Leaving[], rooms: readonly Room[]): Step[] {
  const left: Left[] = rooms.map((room) => ({ ...room, taken: new Set(room.taken) }))
  const place = (server: Leaving): Step => {
    if (server.is_moving) return refused(server, 'already_moving')
    if (left.length === 0) return refused(server, 'no_machine')
    const offers = left.map((room) => ({ room, answer: offer(room, server) }))
    const best = offers
      .flatMap(({ room, answer }) => ('ports' in answer ? [{ room, ports: answer.ports }] : []))
      // A number that players know is worth more than a tight fit.
      .toSorted((a, b) => moved(a.ports) - moved(b.ports) || spare(a.room) - spare(b.room))[0]
    if (!best) {
      const codes = offers.flatMap(({ answer }) => ('code' in answer ? [answer.code] : []))
      return refused(server, nearest.find((code) => codes.includes(code)) ?? 'no_machine')
    }
    const { room, ports } = best
    if (room.memory_free !== null) room.memory_free -= server.memory_bytes ?? 0
    if (room.disk_free !== null) room.disk_free -= server.disk_bytes
    for (const { name, to } of ports) {
      for (const port of server.ports) if (port.name === name) room.taken.add(keyOf(to, port.protocol))
    }
    return { ...shown(server), target_node_id: room.id, target_node_name: room.name, ports, reason: null, code: null }
  }
  const size = ({ memory_bytes, disk_bytes }: Leaving) => (memory_bytes ?? 0) + disk_bytes
  const steps = new Map(
    servers.toSorted((a, b) => size(b) - size(a) || (a.id < b.id ? -1 : 1)).map((server) => [server.id, place(server)]),
  )
  return servers.flatMap(({ id }) => steps.get(id) ?? [])
}

const moved = (ports: Step['ports']) => ports.filter(({ from, to }) => from !== to).length
const spare = ({ memory_free }: Left) => memory_free ?? Number.MAX_SAFE_INTEGER
