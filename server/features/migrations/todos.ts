import { AppError } from '#server/errors'
import type { Deps } from './deps.ts'
import { type Machines, tokensOf } from './machines.ts'
import * as store from './store.ts'
import type { MigrationRow } from './store.ts'

/**
 * What machines must still be told of moves that are over: to let a server go on, or to forget it. In the database until it is
 * done, because a machine may be away for a week; until then its own hold keeps the server still.
 */
export function createTodos({ db, log, agents, moves, observed }: Deps, machines: Machines) {
  const underWay = new Map<string, Promise<boolean>>()

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

  /** False while the machine cannot be told. What it refuses is not asked again. */
  async function settle(row: MigrationRow, nodeId: string, work: () => Promise<void>): Promise<boolean> {
    if (!(await store.findNode(db, nodeId))) return true
    if (!agents.isConnected(nodeId)) return false
    try {
      await work()
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      if (error.status >= 500) return false
      if (error.status !== 404) {
        log.warn({ err: error, node_id: nodeId, migration_id: row.id }, 'a machine did not tidy up after a move')
      }
    }
    return true
  }

  async function work(row: MigrationRow): Promise<boolean> {
    let isDone = true
    // Either alone is safe: a copy that was not told yet is held.
    if (row.target_todo !== null) {
      if (await settle(row, row.target_node_id, () => tellTarget(row))) {
        await store.updateMigration(db, row.id, { target_todo: null })
      } else isDone = false
    }
    if (row.source_todo !== null) {
      if (await settle(row, row.source_node_id, () => tellSource(row))) {
        await store.updateMigration(db, row.id, { source_todo: null })
      } else isDone = false
    }
    return isDone
  }

  function flush(row: MigrationRow): Promise<boolean> {
    const present = underWay.get(row.id)
    if (present) return present
    const done = work(row).finally(() => underWay.delete(row.id))
    underWay.set(row.id, done)
    return done
  }

  return {
    /** What is left of one move; false when a machine is away. */
    async flushOf(id: string): Promise<boolean> {
      const row = await store.findMigration(db, id)
      return row === undefined || flush(row)
    },
    /** What is left of earlier moves of a server, before it moves again. */
    async flushOfInstance(instanceId: string): Promise<void> {
      const row = await store.findTodoOf(db, instanceId)
      if (row) await flush(row)
    },
    /** A machine is back. */
    async flushFor(nodeId: string): Promise<void> {
      for (const row of await store.listTodos(db, nodeId)) await flush(row)
    },
  }
}
export type Todos = ReturnType<typeof createTodos>
