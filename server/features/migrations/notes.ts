import { getMigration, listMigrations } from '#contract/migrations'
import { listTasks } from '#contract/activity'
import { getInstance, listInstances } from '#contract/instances'
import type { Deps, MigrationTimes } from './deps.ts'
import type { Manifest } from './machines.ts'
import * as store from './store.ts'
import type { MigrationRow } from './store.ts'

export const MOVE_TASK = 'instance.migrate'

const stages: Partial<Record<MigrationRow['state'], string>> = {
  preparing: 'Asking the machine it goes to',
  copying: 'Copying while it runs',
  stopping: 'Stopping it',
  transferring: 'Copying',
  verifying: 'Comparing every file',
  switching: 'Handing it over',
  starting: 'Starting it there',
  cleaning: 'Tidying up',
}

/** Somebody cancelled it in the same moment. */
export class Overtaken extends Error {}

/** What people are told of moves: in their rows, as tasks, as events; how far they are at most once a second. */
export function createNotes({ db, clock, tasks, publish }: Deps, times: MigrationTimes) {
  const pending = new Map<
    string,
    { row: MigrationRow; files: number; bytes: number; total: number; cancel: () => void }
  >()

  function tell(row: MigrationRow): void {
    publish({
      organization_id: row.organization_id,
      kind: 'migration.updated',
      subject: { type: 'instance', id: row.instance_id, created_by: row.instance_created_by },
      stale: [
        listMigrations,
        { operation: getMigration, id: row.id },
        listTasks,
        listInstances,
        { operation: getInstance, id: row.instance_id },
      ],
    })
  }

  const percentOf = (bytes: number, total: number | null) =>
    total === null || total === 0 ? null : Math.min(100, (bytes / total) * 100)

  async function write(id: string): Promise<void> {
    const noted = pending.get(id)
    if (!noted) return
    pending.delete(id)
    noted.cancel()
    await store.updateMigration(db, id, { files_done: noted.files, bytes_done: Math.max(0, Math.round(noted.bytes)) })
    const { row, bytes, total } = noted
    await tasks.progress(db, row.instance_id, MOVE_TASK, stages[row.state] ?? null, percentOf(bytes, total))
    tell(row)
  }

  return {
    tell,
    /** The next state; throws where somebody cancelled meanwhile. */
    async enter(row: MigrationRow, state: MigrationRow['state'], change: object = {}): Promise<void> {
      await write(row.id)
      if (!(await store.advance(db, row, { ...change, state }))) throw new Overtaken()
      await tasks.progress(db, row.instance_id, MOVE_TASK, stages[state] ?? null, null)
      tell({ ...row, state })
    },
    async totals(row: MigrationRow, { files, bytes }: Manifest, done: { files: number; bytes: number }) {
      await store.updateMigration(db, row.id, {
        files_total: files,
        bytes_total: bytes,
        files_done: done.files,
        bytes_done: done.bytes,
      })
      row.bytes_total = bytes
      tell(row)
    },
    progress(row: MigrationRow, { files, bytes }: { files: number; bytes: number }): void {
      const noted = pending.get(row.id)
      if (noted) Object.assign(noted, { files, bytes })
      else {
        const cancel = clock.after(times.note, () => void write(row.id).catch(() => {}))
        pending.set(row.id, { row, files, bytes, total: row.bytes_total ?? 0, cancel })
      }
    },
    close() {
      for (const { cancel } of pending.values()) cancel()
      pending.clear()
    },
  }
}
export type Notes = ReturnType<typeof createNotes>
