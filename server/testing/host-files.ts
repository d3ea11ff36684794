import { once } from 'node:events'
import http from 'node:http'
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { vi } from 'vitest'
import { createHostFiles } from '#agent/features/host-files/routes'
import type { NodeFeatures } from '#contract/nodes'
import type { Operation } from '#contract/operation'
import { urlFor } from '#contract/operation'
import { listeningApp, quick, startAgent } from './agent.ts'
import type { CallInput } from './app.ts'

type Sent = {
  token?: string
  body?: Buffer | Readable
  headers?: Record<string, string>
  signal?: AbortSignal
  onStart?: () => void
}

/** A request whose body may be long. Rejects when the answer breaks off. */
async function send(port: number, method: string, path: string, { token, body, headers, signal, onStart }: Sent) {
  const request = http.request({
    host: '127.0.0.1',
    port,
    method,
    path,
    agent: false,
    ...(signal && { signal }),
    headers: {
      host: 'localhost',
      authorization: `Bearer ${token}`,
      ...(body && { 'content-type': 'application/octet-stream' }),
      ...(Buffer.isBuffer(body) && { 'content-length': body.length }),
      ...headers,
    },
  })
  const answered = once(request, 'response') as Promise<[http.IncomingMessage]>
  // An answer may come before all is sent, and the connection end with it.
  request.on('error', () => {})
  answered.catch(() => {})
  if (body instanceof Readable) body.on('error', () => request.destroy()).pipe(request)
  else request.end(body)
  const [response] = await answered
  onStart?.()
  const parts: Buffer[] = []
  for await (const part of response as AsyncIterable<Buffer>) parts.push(part)
  const bytes = Buffer.concat(parts)
  // Each test states the shape that it expects.
  return { status: response.statusCode, headers: response.headers, bytes, json: () => JSON.parse(bytes.toString()) }
}

/** A real agent whose owner allows one folder, behind a proxy that breaks connections. */
export async function hostFilesStage({
  writable = true,
  enabled = true,
  allow,
}: { writable?: boolean; enabled?: boolean; allow?: 'all' } = {}) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'shardlyn-host-files-')))
  const allowed = join(folder, 'allowed')
  const dataDir = join(folder, 'agent')
  mkdirSync(allowed)
  mkdirSync(dataDir)
  const settings = enabled ? { paths: [allow === 'all' ? '/' : allowed], writable } : undefined
  const hostFiles = createHostFiles({
    dataDir,
    settings,
    onError(error) {
      throw error
    },
  })
  // Megabytes through one process beside other tests: a busy moment must not count as a dead connection.
  const times = { ping: 1000, dead: 20_000 }
  const app = await listeningApp({ tunnelTimes: { ...quick, ...times } })
  const agent = await startAgent({ ...app.forAgent, times, routes: hostFiles.routes })
  agent.state.features = {
    ...agent.state.features,
    host_files: settings ? { paths: settings.paths, is_writable: writable } : null,
  } satisfies NodeFeatures
  await vi.waitFor(() => {
    if (!app.agents.isConnected(agent.nodeId())) throw new Error('The agent is not there yet.')
  }, 20_000)
  const id = agent.nodeId()
  // What is told in a hello before the features were set is told again.
  const store = (features: NodeFeatures) =>
    app.control.database.prepare('update nodes set features = ? where id = ?').run(JSON.stringify(features), id)
  store(agent.state.features)
  const token = await app.adminToken()

  return {
    app,
    agent,
    folder,
    allowed,
    dataDir,
    hostFiles,
    id,
    token,
    at: (...names: string[]) => join(allowed, ...names),
    call: (op: Operation, input: CallInput = {}) => app.call(op, { params: { id }, ...input }, { token }),
    /** Over a real connection of a person, which no proxy breaks. */
    send: (op: Operation, query: Record<string, unknown>, more: Sent = {}) =>
      send(app.port, op.method, urlFor(op, { params: { id }, query }), { token, ...more }),
    async [Symbol.asyncDispose]() {
      hostFiles.close()
      await agent[Symbol.asyncDispose]()
      await app[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
