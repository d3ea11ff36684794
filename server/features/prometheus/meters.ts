import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

/** What is asked for at the moment of a scrape. */
export type Readings = {
  nodeStates: () => Promise<Record<string, number>>
  instanceStates: () => Promise<Record<string, number>>
  tunnel: () => {
    connected: number
    reconnects: number
    bytes_in: number
    bytes_out: number
    streams_open: number
    requests: number
  }
  sockets: () => number
  isDatabaseBusy: () => boolean
}

/** The audit's words for what happened to a server, and the name under which it is counted. */
const transitions: Record<string, string> = {
  'instance.created': 'created',
  'instance.started': 'started',
  'instance.stopped': 'stopped',
  'instance.crashed': 'crashed',
  'instance.deleted': 'deleted',
}

/** `select from nodes where …` as `select_nodes`: few, whatever is asked. */
export function queryName(sql: string): string {
  const verb = /^\s*(\w+)/.exec(sql)?.[1]?.toLowerCase() ?? 'other'
  // What stands in parentheses is a question within the question.
  let outer = sql
  for (let before = ''; before !== outer;) [before, outer] = [outer, outer.replaceAll(/\([^()]*\)/g, '')]
  const table = /\b(?:from|into|update)\s+"?(\w+)"?/i.exec(outer)?.[1]?.toLowerCase()
  return table ? `${verb}_${table}` : verb
}

const MAX_NAMES = 1000

let ofProcess: Registry | undefined
/** Memory, processor and waiting of this process: measured from the first look on, once however many ask, for it never ends. */
function processMetrics(): Registry {
  if (!ofProcess) collectDefaultMetrics({ register: (ofProcess = new Registry()) })
  return ofProcess
}

/** Names are those of the product's own documentation; seconds and bytes as Prometheus wants them. */
export function createMeters(readings: Readings) {
  const registry = new Registry()
  const registers = [registry]

  const requests = new Counter({
    name: 'shardlyn_http_requests_total',
    help: 'Requests that were answered.',
    labelNames: ['method', 'path', 'status'],
    registers,
  })
  const durations = new Histogram({
    name: 'shardlyn_http_request_duration_seconds',
    help: 'How long answers took; streams and sockets are not timed.',
    labelNames: ['method', 'path'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  })
  const inFlight = new Gauge({
    name: 'shardlyn_http_requests_in_flight',
    help: 'Requests that are not answered yet.',
    registers,
  })
  const queries = new Histogram({
    name: 'shardlyn_db_query_duration_seconds',
    help: 'How long questions to the control database took, by what is done to which table.',
    labelNames: ['query'],
    buckets: [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1],
    registers,
  })
  const changes = new Counter({
    name: 'shardlyn_instance_transitions_total',
    help: 'What happened to servers.',
    labelNames: ['transition'],
    registers,
  })
  for (const transition of Object.values(transitions)) changes.inc({ transition }, 0)

  /** A gauge that is read when somebody looks. */
  const gauge = (name: string, help: string, read: () => number) =>
    void new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })
  const states = (name: string, help: string, read: () => Promise<Record<string, number>>) =>
    void new Gauge({
      name,
      help,
      labelNames: ['state'],
      registers,
      async collect() {
        const counts = await read()
        this.reset()
        for (const [state, count] of Object.entries(counts)) this.set({ state }, count)
      },
    })
  /** Counted elsewhere; a counter may only grow, which these do. */
  const total = (name: string, help: string, read: () => number) =>
    void new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset()
        this.inc(read())
      },
    })

  gauge('shardlyn_db_connections_open', 'Connections to the control database.', () => 1)
  gauge('shardlyn_db_connections_in_use', 'Those in a transaction now.', () => (readings.isDatabaseBusy() ? 1 : 0))
  states('shardlyn_nodes', 'Machines by state.', readings.nodeStates)
  states('shardlyn_instances', 'Servers by state.', readings.instanceStates)
  gauge('shardlyn_websockets_open', 'Open consoles, terminals and event streams.', readings.sockets)
  gauge('shardlyn_tunnel_agents_connected', 'Agents that are connected.', () => readings.tunnel().connected)
  gauge('shardlyn_tunnel_streams_open', 'Streams that are open in all tunnels.', () => readings.tunnel().streams_open)
  total(
    'shardlyn_tunnel_reconnects_total',
    'Sessions that replaced an earlier one.',
    () => readings.tunnel().reconnects,
  )
  total('shardlyn_tunnel_received_bytes_total', 'From agents.', () => readings.tunnel().bytes_in)
  total('shardlyn_tunnel_sent_bytes_total', 'To agents.', () => readings.tunnel().bytes_out)
  total('shardlyn_tunnel_requests_total', 'Requests to agents.', () => readings.tunnel().requests)

  const names = new Map<string, string>()
  return {
    began: () => inFlight.inc(),
    /** `seconds` null: counted, not timed. */
    ended({ method, path, status }: { method: string; path: string; status: number }, seconds: number | null) {
      requests.inc({ method, path, status })
      if (seconds !== null) durations.observe({ method, path }, seconds)
    },
    left: () => inFlight.dec(),
    queried(sql: string, seconds: number) {
      let query = names.get(sql)
      if (query === undefined) {
        if (names.size >= MAX_NAMES) names.clear()
        names.set(sql, (query = queryName(sql)))
      }
      queries.observe({ query }, seconds)
    },
    audited(action: string) {
      const transition = transitions[action]
      if (transition !== undefined) changes.inc({ transition })
    },
    contentType: registry.contentType,
    text: () => Registry.merge([registry, processMetrics()]).metrics(),
    close() {
      registry.clear()
    },
  }
}
export type Meters = ReturnType<typeof createMeters>
