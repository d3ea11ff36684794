import { isoNow } from '#server/clock'
import { inTransaction } from '#server/db/open'
import type { Db } from '#server/db/schema'
import { AppError } from '#server/errors'
import type { Deps, MigrationTimes, PlannedPort } from './deps.ts'
import { type Machines, tokensOf } from './machines.ts'
import { MOVE_TASK, type Notes } from './notes.ts'
import * as store from './store.ts'
import type { MigrationRow } from './store.ts'
import type { Todos } from './todos.ts'

type Parts = { machines: Machines; notes: Notes; todos: Todos; times: MigrationTimes }
type Outcome = { state: 'failed' | 'cancelled'; reason: string }
const system = { type: 'system' as const, id: null, name: null }

/** How a move ends: at its target, or as if it had never begun. */
export function createEnding({ db, clock, audit, tasks, moves, log }: Deps, parts: Parts) {
  const { machines, notes, todos, times } = parts
  const detailsOf = (row: MigrationRow) => ({
    migration: row.id,
    source: row.source_node_name,
    target: row.target_node_name,
    mode: row.mode,
  })

  async function noteEnd(db: Db, row: MigrationRow, state: 'done' | 'failed' | 'cancelled', reason: string | null) {
    await store.updateMigration(db, row.id, { state, reason, finished_at: isoNow(clock) })
    await tasks.finish(db, row.instance_id, MOVE_TASK, state === 'done' ? null : reason)
    await audit(db, {
      organization_id: row.organization_id,
      actor: system,
      action: `instance.migration_${state === 'done' ? 'finished' : state}`,
      subject: { type: 'instance', id: row.instance_id, name: row.instance_name },
      outcome: state === 'failed' ? 'failed' : 'done',
      reason,
      details: detailsOf(row),
    })
  }

  /** Lets the source go on, now or when it is back, and the target forget what it got. */
  async function undo(row: MigrationRow, { state, reason }: Outcome): Promise<void> {
    const isPrepared = row.state !== 'pending'
    await inTransaction(db, async (db) => {
      await store.updateMigration(db, row.id, {
        source_todo: isPrepared ? 'release' : null,
        target_todo: isPrepared ? 'discard' : null,
      })
      await moves.end(db, row.instance_id, row.id)
      await moves.thaw(db, row.instance_id, 'stopped')
      await noteEnd(db, row, state, reason)
    })
    notes.tell(row)
    await todos.flushOf(row.id)
  }

  return {
    detailsOf,
    undo,

    /** It could not be started there. The source has everything still; it gets it back. */
    async decideToGoBack(row: MigrationRow, reason: string): Promise<void> {
      await store.updateMigration(db, row.id, { undo: reason, running_at: null })
      log.warn({ migration_id: row.id, reason }, 'a server that was moved could not be started and goes back')
    },

    async goBack(
      row: MigrationRow,
      signal: AbortSignal,
      pause: (ms: number, signal: AbortSignal) => Promise<void>,
    ): Promise<void> {
      const { back } = tokensOf(row)
      await moves.freeze(row.instance_id, row.id)
      // Not before it is known to stand still there.
      for (;;) {
        try {
          if ((await machines.hold(row.target_node_id, row.instance_id, back, signal)).is_stopped) break
        } catch (error) {
          if (!(error instanceof AppError && error.status === 404)) throw error
          break
        }
        await pause(times.look, signal)
      }
      const reason = `It could not be started on ${row.target_node_name}, so it is back on ${row.source_node_name}: ${row.undo}`
      await inTransaction(db, async (db) => {
        const kept = JSON.parse(row.source_ports) as PlannedPort[]
        const { instance_id, source_node_id, target_node_id } = row
        const isThere = (ports: PlannedPort[]) =>
          moves.switchTo(db, instance_id, row.id, target_node_id, source_node_id, ports)
        if (!(await isThere(kept))) {
          await isThere(await moves.chooseAgain(db, instance_id, row.id, source_node_id, []))
        }
        await store.updateMigration(db, row.id, { source_todo: 'release', target_todo: 'discard' })
        await moves.end(db, instance_id, row.id)
        await moves.thaw(db, instance_id, 'stopped')
        await noteEnd(db, row, 'failed', reason.slice(0, 1000))
      })
      moves.reopenSockets(row.instance_id)
      notes.tell(row)
      await todos.flushOf(row.id)
    },

    /** Its downtime is over. */
    async runs(row: MigrationRow): Promise<void> {
      row.running_at = isoNow(clock)
      await store.updateMigration(db, row.id, { running_at: row.running_at })
      notes.tell(row)
    },

    /** It is there, and people may use it. What is left is the source’s copy, which is held for as long as it takes. */
    async arrived(row: MigrationRow): Promise<void> {
      await inTransaction(db, async (db) => {
        await store.updateMigration(db, row.id, {
          state: 'cleaning',
          running_at: row.running_at ?? isoNow(clock),
          source_todo: 'remove',
        })
        await moves.end(db, row.instance_id, row.id)
      })
      notes.tell({ ...row, state: 'cleaning' })
    },

    async clean(row: MigrationRow): Promise<void> {
      const isClean = await todos.flushOf(row.id)
      const reason = isClean
        ? null
        : `Its old copy on ${row.source_node_name} is stopped for good, and is removed when that machine is back.`
      await inTransaction(db, (db) => noteEnd(db, row, 'done', reason))
      notes.tell({ ...row, state: 'done' })
    },
  }
}
export type Ending = ReturnType<typeof createEnding>
