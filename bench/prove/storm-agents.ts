import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { agentPaths, PROTOCOL_VERSION, tunnelTimes } from '#contract/agent'
import type { AgentRoute } from '#agent/http'
import { createRouter } from '#agent/router'
import { keepConnected } from '#agent/tunnel'

/** Many agents in one process: the real tunnel, and machines that have nothing to tell but that they are there. */
const [server = '', identitiesFile = ''] = process.argv.slice(2)
const identities = JSON.parse(readFileSync(identitiesFile, 'utf8')) as { node_id: string; agent_token: string }[]
const log = { info() {}, warn() {}, error() {} }
const capabilities = { runtimes: ['process' as const], process_limits: { memory: false, cpu: false, pids: false } }
const usage = {
  cpu_percent: 1,
  memory_bytes: 1e9,
  disk_bytes: 1e9,
  network_in_bytes_per_second: 0,
  network_out_bytes_per_second: 0,
  load_1m: 0.1,
}

const about = (name: string) => ({
  agent_version: '0.1.0',
  protocol: PROTOCOL_VERSION,
  hostname: name,
  platform: 'linux',
  arch: 'x64',
  os: 'Debian GNU/Linux 12',
  kernel: '6.1',
  cpu_cores: 2,
  memory_total_bytes: 4e9,
  disk_total_bytes: 1e10,
  engine_version: null,
  capabilities,
  addresses: ['192.0.2.1'],
  instances: [],
})

const routesOf = (name: string): AgentRoute[] => [
  { method: 'POST', path: agentPaths.hello, handle: () => ({ json: about(name) }) },
  { method: 'PUT', path: agentPaths.sync, handle: () => ({ json: { instances: [] } }) },
  { method: 'POST', path: agentPaths.acknowledge, handle: () => ({}) },
  {
    method: 'GET',
    path: agentPaths.events,
    handle: ({ signal }) => ({
      headers: { 'x-newest': '0' },
      async stream(sink) {
        const beat = () =>
          sink.write(
            `${JSON.stringify({ type: 'heartbeat', at: new Date().toISOString(), usage, disk_total_bytes: 1e10, engine_version: null, capabilities, instances: [] })}\n`,
          )
        beat()
        const timer = setInterval(beat, tunnelTimes.heartbeat)
        await once(signal, 'abort')
        clearInterval(timer)
      },
    }),
  },
]

const stop = new AbortController()
process.once('SIGTERM', () => stop.abort())
await Promise.all(
  identities.map((identity) =>
    keepConnected({
      server: () => ({ url: server }),
      identity: () => identity,
      onUnknown: async () => false,
      router: createRouter(routesOf(identity.node_id), log),
      log,
      times: tunnelTimes,
      signal: stop.signal,
    }),
  ),
)
