import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { dial } from '#agent/dial'
import type { AgentRoute } from '#agent/http'
import { createRouter, type Router } from '#agent/router'
import { serve } from '#agent/session'
import { agentPaths, registerAgent } from '#contract/agent'
import { getNode } from '#contract/nodes'
import { type ListeningApp, quick, quiet, registerToken } from './agent.ts'

export const machine = { hostname: 'evil', platform: 'linux', arch: 'x64', agent_version: '1', protocol: 1 }
const capabilities = { runtimes: [], process_limits: { memory: false, cpu: false, pids: false } }
export const hello = {
  ...machine,
  os: 'x',
  kernel: 'x',
  cpu_cores: 1,
  memory_total_bytes: 1,
  disk_total_bytes: 1,
  engine_version: null,
  capabilities,
  addresses: [],
  instances: [] as unknown[],
}
export const heartbeat = {
  type: 'heartbeat',
  at: '2026-01-01T00:00:00.000Z',
  disk_total_bytes: 1,
  engine_version: null,
  capabilities,
  instances: [] as unknown[],
  usage: {
    cpu_percent: 1,
    memory_bytes: 1,
    disk_bytes: 1,
    network_in_bytes_per_second: 0,
    network_out_bytes_per_second: 0,
    load_1m: 0,
  },
}
export const line = (value: unknown) => `${JSON.stringify(value)}\n`
export const forever = (signal: AbortSignal) => once(signal, 'abort').then(() => {})

export type Behaviour = {
  machine?: object
  hello?: unknown
  sync?: unknown
  events?: (sink: Writable, signal: AbortSignal) => Promise<void>
  routes?: AgentRoute[]
  /** Answers a stream itself; false leaves it to the routes. */
  raw?: (...stream: Parameters<Router>) => boolean
}

/** A machine with a token of its own and an agent that does as it likes. */
export async function join(app: ListeningApp, behaviour: Behaviour = {}) {
  const token = await registerToken(app)
  const made = (await app.call(registerAgent, { body: { ...machine, ...behaviour.machine, token } })).json() as {
    node_id: string
    agent_token: string
  }
  const routes: AgentRoute[] = [
    { method: 'POST', path: agentPaths.hello, handle: () => ({ json: behaviour.hello ?? hello }) },
    { method: 'PUT', path: agentPaths.sync, handle: () => ({ json: behaviour.sync ?? { instances: [] } }) },
    {
      method: 'GET',
      path: agentPaths.events,
      handle: ({ signal }) => ({
        headers: { 'x-newest': '1000000' },
        stream: (sink) => (behaviour.events ?? (() => forever(signal)))(sink, signal),
      }),
    },
    { method: 'POST', path: agentPaths.acknowledge, handle: () => ({}) },
    ...(behaviour.routes ?? []),
  ]
  const router = createRouter(routes, quiet)
  const session = serve(
    await dial({ server: { url: app.url }, token: made.agent_token, timeoutMs: 2000 }, 'upgrade'),
    (stream, headers) => {
      if (!behaviour.raw?.(stream, headers)) router(stream, headers)
    },
    { ...quick, ping: 60_000 },
    5000,
  )
  return { ...made, session, node: async () => (await app.signedIn(getNode, { params: { id: made.node_id } })).json() }
}
