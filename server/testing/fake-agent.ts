import { once } from 'node:events'
import http from 'node:http'
import http2, { type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import {
  type AgentHello,
  agentPaths,
  type Heartbeat,
  type InstanceSpec,
  type OutboxEvent,
  openTunnel,
  PROTOCOL_VERSION,
  registerAgent,
  TUNNEL_UPGRADE,
} from '#contract/agent'
import { createRegisterToken, type NodeFeatures } from '#contract/nodes'
import type { TestApp } from './app.ts'
import { type Answer, type Body, fakeServers, pourConsole } from './fake-servers.ts'

type Listening = { port: number; protocol: 'tcp' | 'udp'; process: string | null }
type Options = {
  name?: string
  token?: string
  runtimes?: ('docker' | 'process')[]
  listening?: Listening[]
  version?: string
  features?: NodeFeatures
}

const MIB = 1024 * 1024

function* piecesOf(text: string, size = 64 * 1024) {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size)
}

/** Opens the app's port where a test needs a real connection. */
export async function listening(app: TestApp): Promise<number> {
  if (!app.app.server.listening) await app.app.listen({ host: '127.0.0.1', port: 0 })
  return (app.app.server.address() as AddressInfo).port
}

async function readBody(stream: ServerHttp2Stream): Promise<Body> {
  const parts: Buffer[] = []
  for await (const part of stream as AsyncIterable<Buffer>) parts.push(part)
  const bytes = Buffer.concat(parts)
  return { bytes, json: <T>() => JSON.parse(bytes.toString()) as T }
}

/** An agent that speaks the real protocol over a real tunnel, and runs servers that are made of nothing. */
export async function fakeAgent(
  app: TestApp,
  {
    name = 'box',
    token,
    runtimes = ['docker', 'process'],
    listening: ports = [],
    version = '1.0.0',
    features,
  }: Options = {},
) {
  const port = await listening(app)
  const caller = { token: token ?? (await app.adminToken()) }
  const registration = await app.call(createRegisterToken, { body: { name } }, caller)
  const joined = await app.call(registerAgent, {
    body: {
      token: registration.json().token,
      hostname: name,
      platform: 'linux',
      arch: 'x64',
      agent_version: '1.0.0',
      protocol: PROTOCOL_VERSION,
    },
  })
  const { node_id, agent_token } = joined.json() as { node_id: string; agent_token: string }

  const outbox: OutboxEvent[] = []
  const asked: string[] = []
  const listeners = new Set<ServerHttp2Stream>()
  /** What a test answers instead, by `METHOD /path`. */
  const answers = new Map<string, (id: string, url: URL) => Answer | Promise<Answer>>()
  const fleet = fakeServers(emit)
  const { servers } = fleet
  let seq = 0
  let acknowledged = 0
  let wire: Socket | undefined
  let session: ServerHttp2Session | undefined

  const capabilities = { runtimes, process_limits: { memory: true, cpu: true, pids: true } }
  const hello = (): AgentHello => ({
    agent_version: version,
    protocol: PROTOCOL_VERSION,
    hostname: name,
    platform: 'linux',
    arch: 'x64',
    os: 'Test',
    kernel: '6',
    cpu_cores: 2,
    memory_total_bytes: 4096 * MIB,
    disk_total_bytes: 8192 * MIB,
    engine_version: '28.0',
    capabilities,
    ...(features && { features }),
    addresses: ['192.0.2.10'],
    instances: [...servers.values()].map(({ observed }) => observed),
  })

  const say = (message: object) => {
    for (const stream of listeners) stream.write(`${JSON.stringify(message)}\n`)
  }
  function emit(event: Pick<OutboxEvent, 'instance'> & Partial<OutboxEvent>) {
    const whole: OutboxEvent = {
      type: 'event',
      seq: ++seq,
      at: new Date().toISOString(),
      activity: null,
      crash_log: null,
      ...event,
    }
    outbox.push(whole)
    say(whole)
  }
  async function handle(stream: ServerHttp2Stream, method: string, target: string) {
    const url = new URL(target, 'http://agent')
    const id = /^\/instances\/([^/]+)/.exec(url.pathname)?.[1] ?? ''
    const path = id ? url.pathname.replace(id, ':id') : url.pathname
    asked.push(`${method} ${path}`)
    const send = ({ status, json }: Answer) => {
      if (stream.destroyed) return
      stream.respond({ ':status': status })
      stream.end(json === undefined ? undefined : JSON.stringify(json))
    }
    const instead = answers.get(`${method} ${path}`)
    if (instead) return send(await instead(id, url))
    if (path === agentPaths.events) {
      stream.respond({ ':status': 200, 'x-newest': seq })
      listeners.add(stream)
      stream.once('close', () => listeners.delete(stream))
      for (const event of outbox) {
        if (event.seq > Number(url.searchParams.get('after'))) stream.write(`${JSON.stringify(event)}\n`)
      }
      return undefined
    }
    const server = servers.get(id)
    if (server && path === agentPaths.console) return pourConsole(stream, server, url)
    if (server && path === agentPaths.logDownload) {
      stream.respond({ ':status': 200, 'content-type': 'text/plain; charset=utf-8' })
      // Piece by piece as the real one reads its files: what waits to be sent counts against the whole connection.
      return pipeline(Readable.from(piecesOf(server.log.text())), stream).catch(() => {})
    }
    const body = await readBody(stream)
    if (path === agentPaths.hello) return send({ status: 200, json: hello() })
    if (path === agentPaths.listening) return send({ status: 200, json: { ports } })
    if (path === agentPaths.acknowledge) acknowledged = body.json<{ seq: number }>().seq
    if (path === agentPaths.acknowledge) return send({ status: 204 })
    if (path === agentPaths.sync) {
      body.json<{ instances: InstanceSpec[] }>().instances.forEach(fleet.put)
      return send({ status: 200, json: { instances: [...servers.values()].map(({ observed }) => observed) } })
    }
    return send(fleet.answer(method, path, id, url, body))
  }

  const server = http2.createServer({ settings: { initialWindowSize: MIB } })
  server.on('session', (opened) => (session = opened))
  server.on('sessionError', () => {})
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {})
    handle(stream, String(headers[':method']), String(headers[':path'])).catch(() => stream.destroy())
  })

  const isConnected = () => app.agents.isConnected(node_id)
  const until = async (wanted: boolean) => {
    while (isConnected() !== wanted) await new Promise((resolve) => setTimeout(resolve, 2))
  }
  const agent = {
    nodeId: node_id,
    ...fleet,
    outbox,
    asked,
    answers,
    emit,
    acknowledged: () => acknowledged,
    heartbeat(usage: Heartbeat['instances'][number]['usage'] = null) {
      const instances = [...servers.values()].map(({ spec, observed }) => ({
        id: spec.id,
        state: observed.state,
        usage,
      }))
      const own = {
        cpu_percent: 1,
        memory_bytes: 1,
        disk_bytes: 1,
        network_in_bytes_per_second: 0,
        network_out_bytes_per_second: 0,
        load_1m: 0,
      }
      say({
        type: 'heartbeat',
        at: new Date().toISOString(),
        usage: own,
        disk_total_bytes: MIB,
        engine_version: '28.0',
        capabilities,
        ...(features && { features }),
        instances,
      } satisfies Heartbeat)
    },
    async connect() {
      const request = http.request({
        host: '127.0.0.1',
        port,
        path: openTunnel.url,
        headers: { host: 'localhost', connection: 'Upgrade', upgrade: TUNNEL_UPGRADE, 'x-agent-token': agent_token },
      })
      request.end()
      const [, socket, head] = (await once(request, 'upgrade')) as [unknown, Socket, Buffer]
      socket.unshift(head)
      wire = socket
      socket.on('error', () => {})
      server.emit('connection', socket)
      await until(true)
    },
    /** Cuts the connection, as a lost network does. */
    async disconnect() {
      wire?.destroy()
      session?.destroy()
      await until(false)
    },
  }
  await agent.connect()
  return agent
}
export type FakeAgent = Awaited<ReturnType<typeof fakeAgent>>
