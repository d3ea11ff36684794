import type { Db } from '#server/db/schema'

export interface JobsTable {
  name: string
  next_run_at: string
  last_run_at: string | null
  last_error: string | null
}

export const listJobs = (db: Db) => db.selectFrom('jobs').selectAll().execute()

export const saveJob = (db: Db, row: JobsTable) =>
  db
    .insertInto('jobs')
    .values(row)
    .onConflict((on) =>
      on
        .column('name')
        .doUpdateSet({ next_run_at: row.next_run_at, last_run_at: row.last_run_at, last_error: row.last_error }),
    )
    .execute()
