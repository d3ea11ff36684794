import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInstances, type InstancesOptions } from '#agent/features/instances/manager'
import { instanceRoutes } from '#agent/features/instances/routes'
import { createImport } from '#agent/features/transfer/import'
import { transferRoutes } from '#agent/features/transfer/routes'
import type { AgentRoute } from '#agent/http'
import { createOutbox } from '#agent/outbox'
import type { TunnelTimes } from '#agent/session'
import { runAgent } from '#agent/start'
import { createRegisterToken } from '#contract/nodes'
import { quick, quiet } from './agent.ts'
import type { TestApp } from './app.ts'
import { until } from './until.ts'

type Options = {
  app: TestApp
  url: string
  name?: string
  /** Goes on with the folder of one that was stopped. */
  dataDir?: string
  /** In the place of its own, for an agent that does not do what it should. */
  instead?: (routes: AgentRoute[]) => AgentRoute[]
  /** What must stay free on the disk beside a server that comes. */
  margin?: number
  times?: Partial<TunnelTimes>
} & Pick<Partial<InstancesOptions>, 'rules' | 'reconcileMs'>

/** A real agent in this process that runs real servers, joined as a new machine. */
export async function realAgent({ app, url, name = 'box', instead = (routes) => routes, ...options }: Options) {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'shardlyn-agent-'))
  if (options.dataDir === undefined) {
    const made = await app.signedIn(createRegisterToken, { body: { name } })
    writeFileSync(join(dataDir, 'register-token'), (made.json() as { token: string }).token)
  }
  const outbox = createOutbox({ file: join(dataDir, 'outbox.jsonl') })
  let nodeId: () => string | null = () => null
  const instances = createInstances({
    dataDir,
    nodeId: () => nodeId(),
    outbox,
    log: quiet,
    ...(options.rules && { rules: options.rules }),
    ...(options.reconcileMs !== undefined && { reconcileMs: options.reconcileMs }),
  })
  const imports = createImport({ dataDir, instances, log: quiet, margin: options.margin ?? 1024 * 1024 })
  const stop = new AbortController()
  const features = () => ({
    terminal: false,
    host_files: null,
    ssh: null,
    service: 'none' as const,
    is_updatable: false,
  })
  const ended = runAgent(
    { dataDir, server: url, log: quiet, times: { ...quick, ...options.times }, signal: stop.signal },
    async (id) => {
      nodeId = id
      return {
        host: { ...instances, features },
        outbox,
        routes: instead([...instanceRoutes(instances), ...transferRoutes(instances, imports)]),
        async close() {
          await imports.close()
          await instances.close()
          await outbox.close()
        },
      }
    },
  )
  ended.catch(() => {})
  await until(() => app.agents.isConnected(nodeId() ?? ''))
  return {
    dataDir,
    instances,
    imports,
    nodeId: () => nodeId() ?? '',
    dataOf: (id: string) => join(dataDir, 'instances', id, 'data'),
    /** Lets go of the control plane and of its servers, which go on. */
    async stop() {
      stop.abort()
      await ended.catch(() => {})
    },
    async [Symbol.asyncDispose]() {
      if (!stop.signal.aborted) {
        await Promise.all(instances.list().map(({ id }) => instances.remove(id, 'delete').catch(() => {})))
        stop.abort()
        await ended.catch(() => {})
      }
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
export type RealAgent = Awaited<ReturnType<typeof realAgent>>
