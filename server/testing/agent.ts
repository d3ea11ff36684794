import { listTunnelAgents } from '#contract/tunnel'
import { until } from './until.ts'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createOutbox } from '#agent/outbox'
import type { AgentRoute, AgentTarget } from '#agent/http'
import { type Identity, readIdentity } from '#agent/identity'
import type { Logger } from '#agent/logger'
import type { TunnelTimes } from '#agent/session'
import { type Parts, runAgent } from '#agent/start'
import { agentPaths, type Heartbeat, type ObservedInstance } from '#contract/agent'
import { createRegisterToken, type NodeFeatures } from '#contract/nodes'
import { newId } from '#server/ids'
import { type TestApp, testApp } from './app.ts'
import { openFaultProxy } from './fault-proxy.ts'
import { freePort } from './free-port.ts'

/** The tunnel's times, a hundredth of the real ones. */
export const quick = {
  ping: 100,
  dead: 450,
  backoffMin: 10,
  backoffMax: 100,
  steady: 300,
  heartbeat: 50,
  grace: 300,
  handshake: 3000,
}

export const quiet: Logger = { info: () => {}, warn: () => {}, error: () => {} }

/** A control plane that listens on a port of its own, with quick times. Agents reach it through a proxy that breaks things. */
export async function listeningApp(options: Parameters<typeof testApp>[0] = {}) {
  const port = await freePort()
  const proxy = await openFaultProxy(port)
  const url = `http://127.0.0.1:${proxy.port}`
  const app = await testApp({ tunnelTimes: quick, ...options, config: { publicUrl: url, ...options.config } })
  await app.app.listen({ host: '127.0.0.1', port })
  return {
    ...app,
    proxy,
    port,
    url,
    forAgent: { app, url },
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]()
      await proxy.close()
    },
  }
}
export type ListeningApp = Awaited<ReturnType<typeof listeningApp>>

export const registerToken = async (app: TestApp): Promise<string> =>
  ((await app.signedIn(createRegisterToken)).json() as { token: string }).token

/** A server as an agent tells of it. */
export const observed = (id: string, change: Partial<ObservedInstance> = {}): ObservedInstance => ({
  id,
  generation: 1,
  running_generation: 1,
  state: 'running',
  power: 'running',
  reason: null,
  stage: null,
  percent: null,
  pid: null,
  container_id: null,
  started_at: null,
  exit: null,
  crash_count: 0,
  ...change,
})

type Options = {
  app: TestApp
  url: string
  fingerprint?: string
  times?: Partial<TunnelTimes>
  /** Further routes, for what a test asks of it. */
  routes?: AgentRoute[]
  targets?: AgentTarget[]
}

/** A real agent in this process, with a real outbox and without servers. It joins as a new machine. */
export async function startAgent({ app, url, fingerprint, times, routes = [], targets = [] }: Options) {
  const dataDir = mkdtempSync(join(tmpdir(), 'shardlyn-agent-'))
  writeFileSync(join(dataDir, 'register-token'), await registerToken(app))
  const outbox = createOutbox({ file: join(dataDir, 'outbox.jsonl') })
  const stop = new AbortController()
  const state = {
    instances: [] as ObservedInstance[],
    usages: [] as Heartbeat['instances'],
    engine: null as string | null,
    features: {
      terminal: false,
      host_files: null,
      ssh: null,
      service: 'none',
      is_updatable: false,
    } as NodeFeatures,
  }
  let nodeId: () => string | null = () => null
  const parts: Parts = {
    host: {
      ready: Promise.resolve(),
      list: () => state.instances,
      usages: () => state.usages,
      capabilities: () => ({ runtimes: ['process'], process_limits: { memory: false, cpu: false, pids: false } }),
      features: () => state.features,
      engineVersion: () => state.engine,
    },
    outbox,
    routes: [
      { method: 'PUT', path: agentPaths.sync, handle: () => ({ json: { instances: state.instances } }) },
      ...routes,
    ],
    targets,
    close: () => outbox.close(),
  }
  const ended = runAgent(
    { dataDir, server: url, fingerprint, log: quiet, times: { ...quick, ...times }, signal: stop.signal },
    async (id) => {
      nodeId = id
      return parts
    },
  )
  ended.catch(() => {})
  return {
    dataDir,
    outbox,
    state,
    ended,
    nodeId: () => nodeId() ?? '',
    identity(): Identity {
      const identity = readIdentity(dataDir)
      if (!identity) throw new Error('This agent has not joined yet.')
      return identity
    },
    /** Lets go of the control plane; the folder stays until the end. */
    async [Symbol.asyncDispose]() {
      stop.abort()
      await ended.catch(() => {})
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
export type RunningAgent = Awaited<ReturnType<typeof startAgent>>

/** Rows of a server on a machine, straight into the database. */
export async function addInstance(
  app: TestApp,
  node: { id: string; organization_id: string },
  runtime: 'docker' | 'process' = 'process',
): Promise<string> {
  const id = newId()
  const workload_id = newId()
  const now = new Date().toISOString()
  const { organization_id } = node
  const { db } = app.control
  await db
    .insertInto('workloads')
    .values({
      id: workload_id,
      organization_id,
      name: `w-${workload_id}`,
      description: '',
      category: null,
      icon: 'box',
      runtime,
      image: null,
      version: 1,
      document: JSON.stringify({
        apiVersion: 'shardlyn/v1',
        kind: 'Workload',
        metadata: { name: 'w' },
        spec: { runtime, command: ['true'] },
      }),
      created_by: null,
      created_at: now,
      updated_at: now,
    })
    .execute()
  await db
    .insertInto('instances')
    .values({
      id,
      organization_id,
      workload_id,
      workload_version: 1,
      node_id: node.id,
      name: `i-${id}`,
      variables: '{}',
      env: '{}',
      cpu: null,
      memory_bytes: null,
      generation: 1,
      running_generation: null,
      desired_state: 'running',
      state: 'creating',
      state_reason: null,
      stage: null,
      container_id: null,
      pid: null,
      started_at: null,
      exit: null,
      crash_count: 0,
      crash_log: null,
      created_by: null,
      created_at: now,
      updated_at: now,
      deleting_at: null,
      deleting_data: null,
    })
    .execute()
  return id
}

/** Waits until a machine is there. */
export const connected = (app: ListeningApp, agent: RunningAgent, timeoutMs = 5000): Promise<void> =>
  until(() => app.agents.isConnected(agent.nodeId()), timeoutMs)

/** How many sessions the first machine has had. */
export const epochOf = async (app: ListeningApp) =>
  (await app.signedIn(listTunnelAgents)).json().items[0]?.epoch as number | undefined
