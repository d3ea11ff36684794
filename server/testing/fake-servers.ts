import type { ServerHttp2Stream } from 'node:http2'
import {
  type ActionRequest,
  agentPaths,
  type InstanceSpec,
  type ObservedInstance,
  type OutboxEvent,
} from '#contract/agent'
import { type FakeLog, fakeLog } from './fake-log.ts'

export type FakeServer = {
  spec: InstanceSpec
  observed: ObservedInstance
  log: FakeLog
  typed: string[]
  sizes: unknown[]
  consoles: Set<ServerHttp2Stream>
}
export type Answer = { status: number; json?: unknown }
export type Body = { bytes: Buffer; json: <T>() => T }
type Emit = (event: Pick<OutboxEvent, 'instance'> & Partial<OutboxEvent>) => void

const observe = (spec: InstanceSpec): ObservedInstance => ({
  id: spec.id,
  generation: spec.generation,
  running_generation: null,
  state: 'creating',
  power: spec.initial_power,
  reason: null,
  stage: null,
  percent: null,
  pid: null,
  container_id: null,
  started_at: null,
  exit: null,
  crash_count: 0,
})

/** The console as the protocol says it. */
export function pourConsole(stream: ServerHttp2Stream, { log, consoles }: FakeServer, url: URL) {
  const of = (key: string) => (url.searchParams.has(key) ? Number(url.searchParams.get(key)) : undefined)
  const from = log.beginning({ from: of('from'), tail: of('tail') })
  consoles.add(stream)
  stream.once('close', () => consoles.delete(stream))
  stream.respond({ ':status': 200, 'x-offset': from, 'x-oldest': log.oldest(), 'x-newest': log.newest() })
  return log.pour(stream, from)
}

/** The servers of a fake agent: they are at once what they shall be, and keep what was said to them. */
export function fakeServers(emit: Emit) {
  const servers = new Map<string, FakeServer>()
  const actions: ActionRequest[] = []
  const removed: { id: string; data: string | null }[] = []

  /** Changes a server and puts the event into the outbox. */
  function change(
    id: string,
    what: Partial<ObservedInstance>,
    more: Partial<Pick<OutboxEvent, 'activity' | 'crash_log' | 'at'>> = {},
  ) {
    const server = serverOf(id)
    server.observed = { ...server.observed, ...what }
    emit({ instance: server.observed, ...more })
  }
  function serverOf(id: string): FakeServer {
    const server = servers.get(id)
    if (!server) throw new Error(`The fake agent has no server ${id}.`)
    return server
  }

  function run(server: FakeServer) {
    const { spec, observed } = server
    const isUp = observed.power === 'running'
    change(
      spec.id,
      isUp
        ? {
            state: 'running',
            running_generation: observed.generation,
            pid: 4242,
            started_at: new Date().toISOString(),
            exit: null,
          }
        : { state: 'stopped', pid: null, started_at: null },
    )
  }
  function put(spec: InstanceSpec): ObservedInstance {
    const known = servers.get(spec.id)
    if (!known) {
      const made: FakeServer = {
        spec,
        observed: observe(spec),
        log: fakeLog(),
        typed: [],
        sizes: [],
        consoles: new Set(),
      }
      servers.set(spec.id, made)
      run(made)
      return made.observed
    }
    if (spec.generation > known.spec.generation) {
      known.spec = spec
      change(spec.id, { generation: spec.generation })
    }
    return known.observed
  }
  function act(request: ActionRequest, server: FakeServer): Answer {
    actions.push(request)
    server.observed = {
      ...server.observed,
      power: request.action === 'start' || request.action === 'restart' ? 'running' : 'stopped',
    }
    const { observed } = server
    setImmediate(() => run(server))
    return { status: 202, json: observed }
  }

  /** The answer of the server named in the path. */
  function answer(method: string, path: string, id: string, url: URL, body: Body): Answer {
    if (method === 'PUT' && path === agentPaths.instance) return { status: 200, json: put(body.json()) }
    const server = servers.get(id)
    if (!server) {
      return { status: 404, json: { error: 'This machine does not have the server.', code: 'instance_not_found' } }
    }
    if (method === 'DELETE' && path === agentPaths.instance) {
      servers.delete(id)
      removed.push({ id, data: url.searchParams.get('data') })
      return { status: 204 }
    }
    if (path === agentPaths.action) return act(body.json(), server)
    if (path === agentPaths.stats) {
      return { status: 200, json: { at: new Date().toISOString(), state: server.observed.state, usage: null } }
    }
    if (path === agentPaths.input) server.typed.push(body.bytes.toString())
    else if (path === agentPaths.resize) server.sizes.push(body.json())
    else if (path === agentPaths.logClear) server.log.dropUpTo(server.log.newest())
    else if (path === agentPaths.installLog) {
      return { status: 200, json: { text: 'installed\n', next: 10, state: 'done' } }
    } else if (path === agentPaths.logHistory) {
      return {
        status: 200,
        json: { items: [], before: null, after: null, oldest: server.log.oldest(), newest: server.log.newest() },
      }
    }
    return { status: 204 }
  }

  return { servers, actions, removed, server: serverOf, change, put, answer }
}
