import type { Db } from './db/schema.ts'

/** Long work as a row with progress. `db` may be the transaction that decides on the work; nothing here throws for an unknown task. */
export type Tasks = {
  begin: (
    db: Db,
    task: {
      organization_id: string
      kind: string
      subject: { type: string; id: string; name: string }
      stage?: string
    },
  ) => Promise<void>
  progress: (db: Db, subjectId: string, kind: string, stage: string | null, percent: number | null) => Promise<void>
  /** `error` null means done. */
  finish: (db: Db, subjectId: string, kind: string, error: string | null) => Promise<void>
}
