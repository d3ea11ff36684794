import { Type as T } from 'typebox'
import { agentPaths } from '#contract/agent'
import {
  type ContainerAction,
  type getContainerLogs,
  Inventory,
  type InventoryAnswer,
  InventoryAnswers,
  type InventorySection,
  type killProcess,
} from '#contract/inventory'
import { type Input, urlFor } from '#contract/operation'
import { type Audit, byCaller } from '#server/audit'
import type { Db } from '#server/db/schema'
import { AppError, conflict } from '#server/errors'
import type { Caller } from '#server/http/caller'
import type { Agents } from '#server/tunnel/agents'
import { type Server, trim } from './trim.ts'

type Node = { id: string; name: string }
export type InventoryDeps = {
  db: Db
  audit: Audit
  agents: Agents
  /** Throws for what the caller may not see. */
  findNode: (caller: Caller, id: string) => Promise<Node>
  serversOf: (nodeId: string) => Promise<Server[]>
}

const Named = T.Object({ name: T.String() })
/** Longer than a container is given to end. */
const ACTION_MS = 130_000
const READ_MS = 30_000
/** The shortest piece of an id that an engine shows. */
const SHORT_ID = 12

const actions = {
  start: 'container.started',
  stop: 'container.stopped',
  restart: 'container.restarted',
  kill: 'container.killed',
} as const satisfies Record<ContainerAction, string>

/** What machines tell of themselves, and the little that can be done about it. Nothing of it is kept but who did what. */
export function createInventoryService({ db, audit, agents, findNode, serversOf }: InventoryDeps) {
  async function read(caller: Caller, id: string, section?: InventorySection) {
    await findNode(caller, id)
    const path = urlFor({ url: agentPaths.inventory }, { query: { section } })
    const [answer, servers] = await Promise.all([
      agents.request(id, { method: 'GET', path, timeoutMs: READ_MS }),
      serversOf(id),
    ])
    return { answer, servers }
  }

  /** Asks the machine, and writes down what came of it, also when it refused: somebody tried. */
  async function act(
    caller: Caller,
    node: Node,
    entry: { action: string; details: object },
    call: () => Promise<string>,
  ) {
    const write = (name: string | null, more: { outcome?: 'refused' | 'failed'; reason?: string }) =>
      audit(db, {
        ...byCaller(caller),
        action: entry.action,
        subject: { type: 'node', id: node.id, name: node.name },
        details: { ...entry.details, ...(name !== null && { name: name.slice(0, 255) }) },
        ...more,
      })
    let name: string
    try {
      name = await call()
    } catch (error) {
      const isRefusal = error instanceof AppError && error.status < 500
      const reason = error instanceof AppError ? error.code : 'internal_error'
      await write(null, { outcome: isRefusal ? 'refused' : 'failed', reason })
      throw error
    }
    await write(name, {})
  }

  async function refuseServers(nodeId: string, containerId: string): Promise<void> {
    const known = (await serversOf(nodeId)).find(
      ({ id, container_id }) =>
        (containerId.length >= SHORT_ID && container_id?.startsWith(containerId)) ||
        containerId === `shardlyn-${id}` ||
        containerId === `shardlyn-${id}-install`,
    )
    if (!known) return
    throw conflict(
      'container_managed',
      `This container is the server ${known.name}. Use the server’s own page instead.`,
    )
  }

  const ask = async (nodeId: string, path: string, json: object, timeoutMs: number) =>
    (await agents.request(nodeId, { method: 'POST', path, json, timeoutMs })).json(Named).name

  return {
    async section<S extends InventorySection>(caller: Caller, id: string, section: S): Promise<InventoryAnswer<S>> {
      const { answer, servers } = await read(caller, id, section)
      return trim(answer.json(InventoryAnswers[section]) as InventoryAnswer<S>, servers)
    },

    async whole(caller: Caller, id: string): Promise<Inventory> {
      const { answer, servers } = await read(caller, id)
      return trim(answer.json(Inventory), servers)
    },

    async kill(caller: Caller, params: Input<typeof killProcess>['params'], body: Input<typeof killProcess>['body']) {
      const node = await findNode(caller, params.id)
      const { signal = 'SIGTERM', started_at } = body
      const path = urlFor({ url: agentPaths.processKill }, { params: { pid: params.pid } })
      const details = { pid: params.pid, started_at, signal }
      await act(caller, node, { action: 'process.killed', details }, () =>
        ask(node.id, path, { started_at, signal }, READ_MS),
      )
    },

    async act(caller: Caller, { id, containerId }: { id: string; containerId: string }, action: ContainerAction) {
      const node = await findNode(caller, id)
      const path = urlFor({ url: agentPaths.containerAction }, { params: { containerId } })
      await act(caller, node, { action: actions[action], details: { container: containerId } }, async () => {
        await refuseServers(id, containerId)
        return ask(node.id, path, { action }, ACTION_MS)
      })
    },

    /** The log as a stream; `cancel` lets go of it. */
    async logs(
      caller: Caller,
      { id, containerId }: { id: string; containerId: string },
      query: Input<typeof getContainerLogs>['query'],
    ) {
      await findNode(caller, id)
      await refuseServers(id, containerId)
      const enough = new AbortController()
      const path = urlFor({ url: agentPaths.containerLogs }, { params: { containerId }, query })
      const { stream } = await agents.stream(id, { method: 'GET', path, signal: enough.signal })
      return { stream, cancel: () => enough.abort() }
    },
  }
}
export type InventoryService = ReturnType<typeof createInventoryService>
