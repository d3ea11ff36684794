import { agentPaths } from '#contract/agent'
import { urlFor } from '#contract/operation'
import { byCaller } from '#server/audit'
import { isoNow } from '#server/clock'
import { inTransaction } from '#server/db/open'
import { AppError, conflict, notFound, unavailable } from '#server/errors'
import type { Caller } from '#server/http/caller'
import { changed } from './changes.ts'
import type { Delivery } from './delivery.ts'
import type { Deps } from './deps.ts'
import { requireStill } from './still.ts'
import * as store from './store.ts'
import type { InstanceRow } from './store.ts'
import { deploymentKinds } from './words.ts'

export const DELETE_TASK = 'instance.delete'
const RETRY_MS = 30_000
/** The agent answers when the server has stopped and is gone: an hour is the longest stop there is, and then files. */
const TIMEOUT_MS = 75 * 60_000

type Choice = { data: 'keep' | 'delete'; force?: boolean }
type Actor = Pick<ReturnType<typeof byCaller>, 'ip'> & {
  actor: { type: 'user' | 'system'; id: string | null; name: string | null }
}
const bySystem: Actor = { actor: { type: 'system', id: null, name: null }, ip: '' }

/** Deletes servers: marked first, then removed by their machine, then forgotten. What is interrupted goes on when the machine is back. */
export function createDeletion(
  { db, clock, log, audit, tasks, publish, agents, closeSockets, forgetSeries }: Deps,
  delivery: Delivery,
) {
  const underWay = new Set<string>()
  const retries = new Set<() => void>()
  let closed = false

  async function mark({ id }: InstanceRow, caller: Caller, data: Choice['data']) {
    const row = await inTransaction(db, async (db) => {
      const row = await store.findInstance(db, caller.organization_id, id)
      if (!row) throw notFound('instance_not_found', 'There is no such server.')
      if (row.deleting_at === null) requireStill(row)
      await store.markDeleting(db, row.id, isoNow(clock), data)
      if (row.deleting_at !== null) return row
      const subject = { type: 'instance', id: row.id, name: row.name }
      await audit(db, { ...byCaller(caller), action: 'instance.delete_requested', subject, details: { data } })
      await tasks.begin(db, { organization_id: row.organization_id, kind: DELETE_TASK, subject })
      return row
    })
    publish(changed('updated', row, { hasTask: true, hasActivity: true }))
  }

  async function forget(row: InstanceRow, { actor, ip }: Actor, details: object) {
    await inTransaction(db, async (db) => {
      for (const kind of deploymentKinds) await tasks.finish(db, row.id, kind, 'It was deleted.')
      await tasks.finish(db, row.id, DELETE_TASK, null)
      await audit(db, {
        organization_id: row.organization_id,
        actor,
        ip: ip || null,
        action: 'instance.deleted',
        subject: { type: 'instance', id: row.id, name: row.name },
        details,
      })
      await store.deleteInstance(db, row.id)
    })
    closeSockets(row.id)
    forgetSeries(row.id)
    publish(changed('deleted', row, { isCounted: true, hasTask: true, hasActivity: true }))
  }

  /** The machine said no: the server is still there, and may be used and deleted again. */
  async function giveUp(row: InstanceRow, { actor, ip }: Actor, { message }: AppError) {
    await inTransaction(db, async (db) => {
      await store.updateInstance(db, row.id, { deleting_at: null, deleting_data: null })
      await tasks.finish(db, row.id, DELETE_TASK, message)
      await audit(db, {
        organization_id: row.organization_id,
        actor,
        ip: ip || null,
        outcome: 'failed',
        reason: message,
        action: 'instance.deleted',
        subject: { type: 'instance', id: row.id, name: row.name },
      })
    })
    publish(changed('updated', row, { hasTask: true }))
    await delivery.deliver(row.node_id, row.id)
  }

  async function removeThere(row: InstanceRow, data: Choice['data']): Promise<void> {
    const path = urlFor({ url: agentPaths.instance }, { params: { id: row.id }, query: { data } })
    try {
      await agents.request(row.node_id, { method: 'DELETE', path, timeoutMs: TIMEOUT_MS })
    } catch (error) {
      // It is gone already: what we want.
      if (!(error instanceof AppError && error.status === 404)) throw error
    }
  }

  async function carryOut(row: InstanceRow, by: Actor, data: Choice['data']): Promise<void> {
    try {
      await delivery.inTurn(row.id, () => removeThere(row, data))
    } catch (error) {
      if (error instanceof AppError && error.status < 500) await giveUp(row, by, error)
      else retryLater(row.node_id)
      if (error instanceof AppError && error.status >= 500) {
        throw unavailable(
          error.code,
          `${row.node_name} could not finish deleting ${row.name} now. It goes on when the machine is back.`,
          error,
        )
      }
      throw error
    }
    await forget(row, by, { data })
  }

  const asOne = async (id: string, work: () => Promise<void>) => {
    underWay.add(id)
    try {
      await work()
    } finally {
      underWay.delete(id)
    }
  }

  /** Goes on with what a crash, ours or theirs, interrupted. */
  async function resume(nodeId: string): Promise<void> {
    if (closed) return
    for (const row of await store.listInstancesOfNode(db, nodeId)) {
      if (row.deleting_at === null || underWay.has(row.id) || !agents.isConnected(nodeId)) continue
      asOne(row.id, () => carryOut(row, bySystem, row.deleting_data ?? 'keep')).catch((error: unknown) =>
        log.warn({ err: error, instance_id: row.id }, 'a deletion could not be finished'),
      )
    }
  }

  function retryLater(nodeId: string) {
    if (closed) return
    const cancel = clock.after(RETRY_MS, () => {
      retries.delete(cancel)
      resume(nodeId).catch((error: unknown) =>
        log.error({ err: error, node_id: nodeId }, 'deletions could not be resumed'),
      )
    })
    retries.add(cancel)
  }

  return {
    async remove(caller: Caller, id: string, { data, force }: Choice): Promise<void> {
      if (underWay.has(id)) throw conflict('instance_deleting', 'This server is being deleted already.')
      await asOne(id, async () => {
        const row = await store.findInstance(db, caller.organization_id, id)
        if (!row) throw notFound('instance_not_found', 'There is no such server.')
        if (row.deleting_at === null) requireStill(row)
        if (agents.isConnected(row.node_id)) {
          await mark(row, caller, data)
          return carryOut(row, byCaller(caller), row.deleting_data ?? data)
        }
        if (!force) {
          throw unavailable(
            'node_offline',
            `${row.node_name} is away, so ${row.name} cannot be deleted there. Wait until it is back, or delete it by force: then it stays on that machine.`,
          )
        }
        return forget(row, byCaller(caller), { data, forced: true })
      })
    },
    resume,
    close() {
      closed = true
      for (const cancel of retries) cancel()
    },
  }
}
export type Deletion = ReturnType<typeof createDeletion>
