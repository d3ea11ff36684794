import { AppError } from '#server/errors'
import type { Deps, MigrationTimes } from './deps.ts'
import { type Machines, tokensOf } from './machines.ts'
import * as store from './store.ts'
import type { MigrationRow } from './store.ts'

/**
 * What machines must still be told of moves that are over: to let a server go on, or to forget it. In the database until it is
 * done, because a machine may be away for a week; until then its own hold keeps the server still.
 */
export function createTodos(
  { db, clock, log, agents, moves, observed }: Deps,
  machines: Machines,
  { retryMax }: Pick<MigrationTimes, 'retryMax'>,
) {
  const underWay = new Map<string, Promise<boolean>>()
  const again = new Map<string, () => void>()
  let closed = false

  async function tellSource(row: MigrationRow): Promise<void> {
    const { source } = tokensOf(row)
    const { source_node_id, instance_id } = row
    if (row.source_todo === 'remove') return machines.remove(source_node_id, instance_id, source)
    // It may have changed since: a server that came back is newer than what the machine holds.
    await moves.deliver(source_node_id, instance_id)
    await observed(source_node_id, [await machines.release(source_node_id, instance_id, source)])
  }

  async function tellTarget(row: MigrationRow): Promise<void> {
    const { target, back } = tokensOf(row)
    await machines.discard(row.target_node_id, row.instance_id, row.undo === null ? target : back)
  }

  /** One that is there and did not do it is asked again; one that is away, when it is back. */
  function comeAgain({ id }: MigrationRow): void {
    again.get(id)?.()
    if (closed) return
    const cancel = clock.after(retryMax, () => {
      again.delete(id)
      flushOf(id).catch((error: unknown) => log.error({ err: error, migration_id: id }, 'a move was not tidied up'))
    })
    again.set(id, cancel)
  }

  /** False while the machine cannot be told. What it refuses is not asked again. */
  async function settle(row: MigrationRow, nodeId: string, work: () => Promise<void>): Promise<boolean> {
    if (!(await store.findNode(db, nodeId))) return true
    if (!agents.isConnected(nodeId)) return false
    try {
      await work()
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      if (error.status >= 500) {
        comeAgain(row)
        return false
      }
      if (error.status !== 404) {
        log.warn({ err: error, node_id: nodeId, migration_id: row.id }, 'a machine did not tidy up after a move')
      }
    }
    return true
  }

  async function settleTarget(row: MigrationRow): Promise<boolean> {
    if (row.target_todo === null) return true
    if (!(await settle(row, row.target_node_id, () => tellTarget(row)))) return false
    await store.updateMigration(db, row.id, { target_todo: null })
    return true
  }

  async function settleSource(row: MigrationRow): Promise<boolean> {
    if (row.source_todo === null) return true
    if (!(await settle(row, row.source_node_id, () => tellSource(row)))) return false
    await store.updateMigration(db, row.id, { source_todo: null })
    return true
  }

  async function work(row: MigrationRow): Promise<boolean> {
    // Either alone is safe: a copy that was not told yet is held. So neither waits for the other’s machine.
    return (await Promise.all([settleTarget(row), settleSource(row)])).every(Boolean)
  }

  function flush(row: MigrationRow): Promise<boolean> {
    const present = underWay.get(row.id)
    if (present) return present
    const done = work(row).finally(() => underWay.delete(row.id))
    underWay.set(row.id, done)
    return done
  }

  async function flushOf(id: string): Promise<boolean> {
    const row = await store.findMigration(db, id)
    return row === undefined || flush(row)
  }

  return {
    /** What is left of one move; false when a machine is away. */
    flushOf,
    /** What is left of earlier moves of a server, before it moves again. */
    async flushOfInstance(instanceId: string): Promise<void> {
      const row = await store.findTodoOf(db, instanceId)
      if (row) await flush(row)
    },
    /** A machine is back. */
    async flushFor(nodeId: string): Promise<void> {
      for (const row of await store.listTodos(db, nodeId)) await flush(row)
    },
    async close(): Promise<void> {
      closed = true
      for (const cancel of again.values()) cancel()
      await Promise.allSettled(underWay.values())
    },
  }
}
export type Todos = ReturnType<typeof createTodos>
