import type { Migration } from '#contract/migrations'
import { isCancellable, isOver, type MigrationRow } from './store.ts'

/** A move as the API shows it. */
export function toMigration(row: MigrationRow, waitsFor: string | undefined): Migration {
  const { bytes_done, bytes_total, stopped_at, running_at } = row
  return {
    id: row.id,
    organization_id: row.organization_id,
    instance_id: row.instance_id,
    instance_name: row.instance_name,
    source_node_id: row.source_node_id,
    source_node_name: row.source_node_name,
    target_node_id: row.target_node_id,
    target_node_name: row.target_node_name,
    mode: row.mode,
    state: row.state,
    is_waiting: waitsFor !== undefined,
    reason: isOver(row.state) ? row.reason : (waitsFor ?? row.undo),
    files_total: row.files_total,
    files_done: row.files_done,
    bytes_total,
    bytes_done,
    percent: bytes_total === null || bytes_total === 0 ? null : Math.min(100, (bytes_done / bytes_total) * 100),
    downtime_ms:
      row.was_running === 1 && stopped_at !== null && running_at !== null
        ? Math.max(0, Date.parse(running_at) - Date.parse(stopped_at))
        : null,
    is_cancellable: row.cancel_asked_at === null && isCancellable(row),
    drain_id: row.drain_id,
    created_by: row.created_by,
    created_at: row.created_at,
    started_at: row.started_at,
    finished_at: row.finished_at,
  }
}
