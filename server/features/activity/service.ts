import type { Task } from '#contract/activity'
import type { Audit } from '#server/audit'
import { type Clock, isoNow } from '#server/clock'
import { fromCursor, toPage } from '#server/db/page'
import type { Db } from '#server/db/schema'
import type { Caller } from '#server/http/caller'
import { visibilityOf } from '#server/http/rights'
import { newId } from '#server/ids'
import type { Tasks } from '#server/tasks'
import * as store from './store.ts'

type PageInput = { cursor?: string; limit?: number }
const KEEP_TASKS_MS = 7 * 24 * 3600 * 1000

type Deps = {
  db: Db
  clock: Clock
  /** A row was written; whether it stays is decided by the transaction that it is in. */
  onWritten?: (id: string, action: string) => void
}

export function createActivityService({ db, clock, onWritten }: Deps) {
  const audit: Audit = async (db, { actor, subject, ...entry }) => {
    const id = newId(clock.now())
    await store.insertAudit(db, {
      id,
      at: entry.at ?? isoNow(clock),
      organization_id: entry.organization_id,
      actor_type: actor.type,
      actor_id: actor.id,
      actor_name: actor.name,
      action: entry.action,
      subject_type: subject.type,
      subject_id: subject.id,
      subject_name: subject.name,
      ip: entry.ip ?? null,
      outcome: entry.outcome ?? 'done',
      reason: entry.reason ?? null,
      details: entry.details === undefined ? null : JSON.stringify(entry.details),
    })
    onWritten?.(id, entry.action)
  }

  return {
    audit,
    async list(caller: Caller, query: PageInput & { subject_id?: string }) {
      const limit = query.limit ?? 50
      const rows = await store.listActivity(db, {
        organization_id: caller.organization_id,
        visible_to: visibilityOf(caller),
        subject_id: query.subject_id,
        before: fromCursor(query.cursor),
        limit,
      })
      return toPage(rows, limit)
    },
    async listTasks(caller: Caller, query: PageInput & { state?: Task['state'] }) {
      const limit = query.limit ?? 50
      const rows = await store.listTasks(db, {
        organization_id: caller.organization_id,
        visible_to: visibilityOf(caller),
        state: query.state,
        before: fromCursor(query.cursor),
        limit,
      })
      return toPage(rows, limit)
    },
    /** Long work as a row. `db` may be the transaction that decides on the work. */
    tasks: {
      async begin(db, task) {
        await store.insertTask(db, {
          id: newId(clock.now()),
          organization_id: task.organization_id,
          kind: task.kind,
          subject_type: task.subject.type,
          subject_id: task.subject.id,
          subject_name: task.subject.name,
          state: 'running',
          stage: task.stage ?? null,
          percent: null,
          error: null,
          started_at: isoNow(clock),
          finished_at: null,
        })
      },
      async progress(db, subjectId, kind, stage, percent) {
        await store.updateRunningTask(db, subjectId, kind, { stage, percent })
      },
      async finish(db, subjectId, kind, error) {
        await store.updateRunningTask(db, subjectId, kind, {
          state: error === null ? 'done' : 'failed',
          error,
          finished_at: isoNow(clock),
        })
      },
    } satisfies Tasks,
    forgetOldTasks: () => store.deleteFinishedTasks(db, new Date(clock.now() - KEEP_TASKS_MS).toISOString()),
  }
}
export type ActivityService = ReturnType<typeof createActivityService>
