import { agentPaths, type InstanceSpec } from '#contract/agent'
import { urlFor } from '#contract/operation'
import { resolveInstance } from '#contract/resolve'
import type { Db } from '#server/db/schema'
import { AppError } from '#server/errors'
import type { Deps } from './deps.ts'
import type { DocumentOf, Documents } from './documents.ts'
import * as store from './store.ts'
import type { InstanceRow, PortRow } from './store.ts'
import { toPorts } from './view.ts'

const TIMEOUT_MS = 10_000
const RETRY_MS = 5000

const toSpec = (row: InstanceRow, ports: readonly PortRow[], documentOf: DocumentOf): InstanceSpec =>
  resolveInstance({
    document: documentOf(row),
    instance: {
      id: row.id,
      generation: row.generation,
      name: row.name,
      ports: toPorts(ports),
      variables: JSON.parse(row.variables) as Record<string, string>,
      env: JSON.parse(row.env) as Record<string, string>,
      limits: { cpu: row.cpu, memory_bytes: row.memory_bytes },
    },
    initial_power: row.desired_state,
  })

/** A refusal of the thing itself; asking again would bring the same answer. */
const isFinal = (error: unknown): error is AppError => error instanceof AppError && error.status < 500

type Refused = (row: InstanceRow, reason: string) => Promise<void>

/** Brings what a server should be to its machine, one word at a time for each server. */
export function createDelivery(
  { db, clock, log, agents }: Pick<Deps, 'db' | 'clock' | 'log' | 'agents'>,
  documents: Documents,
  onRefused: Refused,
) {
  const turns = new Map<string, Promise<unknown>>()
  const retries = new Map<string, () => void>()
  let closed = false

  /** Runs `work` after whatever is being told about the same server. */
  function inTurn<R>(id: string, work: () => Promise<R>): Promise<R> {
    const before = turns.get(id) ?? Promise.resolve()
    const turn = before.then(work, work)
    const done = turn.catch(() => {})
    turns.set(id, done)
    void done.then(() => turns.get(id) === done && turns.delete(id))
    return turn
  }

  async function tell(nodeId: string, id: string): Promise<void> {
    retries.get(id)?.()
    retries.delete(id)
    const row = await store.findInstanceOfNode(db, nodeId, id)
    // A machine that is away hears of it by the sync when it is back.
    if (!row || row.deleting_at !== null || !agents.isConnected(nodeId)) return
    const documentOf = await documents(db, [row])
    const spec = toSpec(row, await store.listPorts(db, [id]), documentOf)
    try {
      await agents.request(nodeId, {
        method: 'PUT',
        path: urlFor({ url: agentPaths.instance }, { params: { id } }),
        json: spec,
        timeoutMs: TIMEOUT_MS,
      })
    } catch (error) {
      log.warn({ err: error, node_id: nodeId, instance_id: id }, 'a server could not be told to its machine')
      if (isFinal(error)) return onRefused(row, error.message)
      if (!closed) {
        retries.set(
          id,
          clock.after(RETRY_MS, () => void deliver(nodeId, id)),
        )
      }
    }
  }

  const deliver = (nodeId: string, id: string): Promise<void> =>
    inTurn(id, () => tell(nodeId, id)).catch((error: unknown) =>
      log.error({ err: error, instance_id: id }, 'a server could not be told to its machine'),
    )

  return {
    inTurn,
    deliver,
    /** When what is being told about a server now has been told. */
    settled: async (id: string) => void (await turns.get(id)),
    /** Every server that a machine must run. One that cannot be resolved does not hold up the others. */
    async specsOf(db: Db, nodeId: string): Promise<InstanceSpec[]> {
      const rows = (await store.listInstancesOfNode(db, nodeId)).filter(({ deleting_at }) => deleting_at === null)
      const documentOf = await documents(db, rows)
      const ports = Map.groupBy(
        await store.listPorts(
          db,
          rows.map(({ id }) => id),
        ),
        ({ instance_id }) => instance_id,
      )
      return rows.flatMap((row) => {
        try {
          return [toSpec(row, ports.get(row.id) ?? [], documentOf)]
        } catch (error) {
          log.error({ err: error, instance_id: row.id }, 'a server could not be resolved')
          return []
        }
      })
    },
    close() {
      closed = true
      for (const cancel of retries.values()) cancel()
      return Promise.all(turns.values())
    },
  }
}
export type Delivery = ReturnType<typeof createDelivery>
