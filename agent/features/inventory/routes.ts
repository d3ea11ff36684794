import { type Static, type TSchema, Type as T } from 'typebox'
import { Check } from 'typebox/value'
import { agentPaths } from '#contract/agent'
import { containerActions, inventorySections, type InventorySection, ProcessKill } from '#contract/inventory'
import { invalid } from '#agent/errors'
import type { AgentRequest, AgentRoute } from '#agent/http'
import { actOnContainer, findContainer } from './container-actions.ts'
import { openLogs, pourLogs } from './container-logs.ts'
import { endProcess } from './ending.ts'
import { createInventory, type InventoryDeps } from './inventory.ts'

const Action = T.Object({ action: T.Enum([...containerActions]) }, { additionalProperties: false })
const MAX_TAIL = 10_000

/** What this machine is and what goes on there, and the little that can be done about it. */
export function inventoryRoutes(deps: InventoryDeps): AgentRoute[] {
  const inventory = createInventory(deps)
  const { engine, owners } = inventory
  const containerOf = (request: AgentRequest) => findContainer(engine, request.params.containerId ?? '', owners())
  return [
    {
      method: 'GET',
      path: agentPaths.inventory,
      async handle(request) {
        const section = request.query.get('section')
        if (section === null) return { json: await inventory.whole() }
        if (!isSection(section)) throw invalid('invalid_request', `There is no section ${section.slice(0, 40)}.`)
        return { json: await inventory.read(section) }
      },
    },
    {
      method: 'POST',
      path: agentPaths.processKill,
      async handle(request) {
        const pid = Number(request.params.pid)
        if (!Number.isInteger(pid) || pid < 1 || pid > 2 ** 32) {
          throw invalid('invalid_request', 'Name a process by its number.')
        }
        const { started_at, signal = 'SIGTERM' } = await read(request, ProcessKill)
        return { json: endProcess({ pid, started_at, signal }, owners()) }
      },
    },
    {
      method: 'GET',
      path: agentPaths.containerLogs,
      async handle(request) {
        const tail = request.query.get('tail') ?? '200'
        if (!/^\d{1,5}$/.test(tail) || Number(tail) > MAX_TAIL) {
          throw invalid('invalid_request', 'tail is 0 to 10,000 lines.')
        }
        const is = (name: string) => request.query.get(name) === 'true'
        const container = await containerOf(request)
        const wanted = { tail: Number(tail), follow: is('follow'), timestamps: is('timestamps') }
        const response = await openLogs(engine, container, wanted, request.signal)
        return {
          headers: { 'content-type': 'text/plain; charset=utf-8' },
          stream: (sink) => pourLogs(response, container.isTerminal, sink, request.signal),
        }
      },
    },
    {
      method: 'POST',
      path: agentPaths.containerAction,
      async handle(request) {
        const { action } = await read(request, Action)
        const container = await containerOf(request)
        await actOnContainer(engine, container, action)
        return { json: { name: container.name } }
      },
    },
  ]
}

const isSection = (text: string): text is InventorySection => (inventorySections as readonly string[]).includes(text)

async function read<S extends TSchema>(request: AgentRequest, schema: S): Promise<Static<S>> {
  const body = await request.json()
  if (!Check(schema, body)) throw invalid('invalid_request', 'The request does not say what to do.')
  return body
}
