import fs from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { AgentRequest, AgentRoute } from '#agent/http'
import { createInstance, getInstance, type Instance } from '#contract/instances'
import { getMigration, type Migration, migrateInstances } from '#contract/migrations'
import { listeningApp, quick } from './agent.ts'
import { realAgent } from './real-agent.ts'
import { addWorkload } from './stage.ts'
import { until } from './until.ts'

/** Quick enough that no test waits for it. */
export const times = { retryMin: 10, retryMax: 50, look: 10, settle: 100, note: 20 }

/** A server of the kind `process` that says it runs, and stops when told to. */
export const script = (commands: string) => ({
  runtime: 'process',
  command: ['/bin/sh', '-c', commands],
})
export const still = script('trap "exit 0" TERM; while :; do sleep 0.05; done')

/** Holds up one question to an agent until it is opened; `asked` resolves when it has come. */
export function gate(
  method: AgentRoute['method'],
  path: string,
  isMeant: (request: AgentRequest) => boolean = () => true,
) {
  const asked = Promise.withResolvers<void>()
  const opened = Promise.withResolvers<void>()
  return {
    asked: asked.promise,
    open: () => opened.resolve(),
    instead: (routes: AgentRoute[]): AgentRoute[] =>
      routes.map((route) =>
        route.method === method && route.path === path
          ? {
              ...route,
              async handle(request) {
                if (isMeant(request)) {
                  asked.resolve()
                  await opened.promise
                }
                return route.handle(request)
              },
            }
          : route,
      ),
  }
}

/** Answers one question to an agent otherwise than it would. */
export const lie =
  (
    method: AgentRoute['method'],
    path: string,
    handle: (request: AgentRequest, honest: AgentRoute['handle']) => ReturnType<AgentRoute['handle']>,
  ) =>
  (routes: AgentRoute[]): AgentRoute[] =>
    routes.map((route) =>
      route.method === method && route.path === path
        ? { ...route, handle: (request) => handle(request, route.handle) }
        : route,
    )

/** On a machine that has much to do nobody is taken for dead; a cut is noticed at once all the same. */
const calm = { ...quick, ping: 1000, dead: 20_000 }

type Options = { source?: object; target?: object; app?: Parameters<typeof listeningApp>[0] }

/** A control plane and two machines with real agents: a server is on `attic` and goes to `cellar`. */
export async function twoMachines(options: Options = {}) {
  const app = await listeningApp({ migrationTimes: times, tunnelTimes: calm, ...options.app })
  const attic = await realAgent({ ...app.forAgent, name: 'attic', times: calm, ...options.source })
  const cellar = await realAgent({ ...app.forAgent, name: 'cellar', times: calm, ...options.target })
  const read = async (id: string) => (await app.signedIn(getInstance, { params: { id } })).json() as Instance
  const readMove = async (id: string) => (await app.signedIn(getMigration, { params: { id } })).json() as Migration

  return {
    app,
    attic,
    cellar,
    read,
    readMove,
    async deploy(spec: object = still, body: object = {}): Promise<string> {
      const workload_id = await addWorkload(app, spec)
      const answer = await app.signedIn(createInstance, { body: { workload_id, node_id: attic.nodeId(), ...body } })
      if (answer.status !== 202) throw new Error(answer.text)
      const { id, desired_state } = answer.json() as Instance
      await until(async () => (await read(id)).state === desired_state, 20_000)
      return id
    },
    migrate: (id: string, mode: 'stop' | 'live' = 'stop') =>
      app.signedIn(migrateInstances, {
        params: { id: attic.nodeId() },
        body: { target_node_id: cellar.nodeId(), instance_ids: [id], mode },
      }),
    async move(id: string, mode: 'stop' | 'live' = 'stop'): Promise<string> {
      const answer = await this.migrate(id, mode)
      if (answer.status !== 202) throw new Error(answer.text)
      return (answer.json().migrations[0] as Migration).id
    },
    /** How it ended. */
    async ended(id: string, timeoutMs = 30_000): Promise<Migration> {
      await until(async () => (await readMove(id)).finished_at !== null, timeoutMs).catch(async (error: unknown) => {
        throw new Error(JSON.stringify(await readMove(id)), { cause: error })
      })
      return readMove(id)
    },
    async [Symbol.asyncDispose]() {
      await attic[Symbol.asyncDispose]()
      await cellar[Symbol.asyncDispose]()
      await app[Symbol.asyncDispose]()
    },
  }
}
export type TwoMachines = Awaited<ReturnType<typeof twoMachines>>

/** It runs where it was, once, with its data, and the other machine has nothing of it. */
export async function expectAsBefore(it: TwoMachines, id: string, data = 'mine') {
  await until(async () => (await it.read(id)).state === 'running')
  expect(await it.read(id)).toMatchObject({ node_id: it.attic.nodeId(), desired_state: 'running' })
  expect(fs.readFileSync(join(it.attic.dataOf(id), 'file'), 'utf8')).toBe(data)
  await until(() => !fs.existsSync(join(it.cellar.dataDir, 'imports', id)))
  expect(fs.existsSync(join(it.cellar.dataDir, 'instances', id))).toBe(false)
  expect(it.attic.instances.get(id).holding.token()).toBeNull()
}

/** A server that runs on `attic`, with one file. */
export async function deployed(it: TwoMachines, spec: object = still) {
  const id = await it.deploy(spec)
  fs.writeFileSync(join(it.attic.dataOf(id), 'file'), 'mine')
  return id
}
