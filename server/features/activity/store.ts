import { type Expression, type ExpressionBuilder, type Insertable, type SqlBool } from 'kysely'
import type { Db, Schema } from '#server/db/schema'
import type { Visibility } from '#server/http/rights'

export interface AuditLogsTable {
  id: string
  at: string
  organization_id: string | null
  actor_type: 'user' | 'agent' | 'system'
  actor_id: string | null
  actor_name: string | null
  /** noun.verb */
  action: string
  subject_type: string
  subject_id: string | null
  subject_name: string | null
  ip: string | null
  outcome: 'done' | 'refused' | 'failed'
  reason: string | null
  /** JSON: what changed. Never a secret. */
  details: string | null
}
export interface TasksTable {
  id: string
  organization_id: string
  kind: string
  subject_type: string
  subject_id: string
  subject_name: string
  state: 'running' | 'done' | 'failed'
  stage: string | null
  percent: number | null
  error: string | null
  started_at: string
  finished_at: string | null
}

export const insertAudit = (db: Db, row: Insertable<AuditLogsTable>) =>
  db.insertInto('audit_logs').values(row).execute()

/** Rows about servers only where the reader sees the server; other rows as they are. */
function isVisible<T extends 'audit_logs' | 'tasks'>(
  eb: ExpressionBuilder<Pick<Schema, T>, T>,
  visible: Exclude<Visibility, null>,
): Expression<SqlBool> {
  const on = eb as unknown as ExpressionBuilder<Pick<Schema, 'tasks' | 'instances'>, 'tasks'>
  return on.or([
    on('subject_type', '!=', 'instance'),
    on('subject_id', 'in', [...visible.shared, '']),
    on(
      'subject_id',
      'in',
      on
        .selectFrom('instances')
        .select('instances.id')
        .where('instances.created_by', '=', visible.user_id ?? ''),
    ),
  ])
}

/** What people of the organization see; sign-ins and refusals stay in the audit log. */
export const listActivity = (
  db: Db,
  filter: {
    organization_id: string
    visible_to: Visibility
    subject_id: string | undefined
    before: string | undefined
    limit: number
  },
) =>
  db
    .selectFrom('audit_logs')
    .select(['id', 'at', 'action', 'actor_name', 'subject_type', 'subject_id', 'subject_name', 'reason'])
    .where('organization_id', '=', filter.organization_id)
    .where('outcome', '=', 'done')
    .where('subject_type', 'in', ['instance', 'node', 'workload', 'organization'])
    .$if(filter.visible_to !== null, (query) =>
      query.where((eb) => isVisible(eb, filter.visible_to ?? { user_id: null, shared: [] })),
    )
    .$if(filter.subject_id !== undefined, (query) => query.where('subject_id', '=', filter.subject_id ?? ''))
    .$if(filter.before !== undefined, (query) => query.where('id', '<', filter.before ?? ''))
    .orderBy('id', 'desc')
    .limit(filter.limit + 1)
    .execute()

const taskColumns = [
  'id',
  'kind',
  'subject_type',
  'subject_id',
  'subject_name',
  'state',
  'stage',
  'percent',
  'error',
  'started_at',
  'finished_at',
] as const

export const listTasks = (
  db: Db,
  filter: {
    organization_id: string
    visible_to: Visibility
    state: TasksTable['state'] | undefined
    before: string | undefined
    limit: number
  },
) =>
  db
    .selectFrom('tasks')
    .select(taskColumns)
    .where('organization_id', '=', filter.organization_id)
    .$if(filter.visible_to !== null, (query) =>
      query.where((eb) => isVisible(eb, filter.visible_to ?? { user_id: null, shared: [] })),
    )
    .$if(filter.state !== undefined, (query) => query.where('state', '=', filter.state ?? 'running'))
    .$if(filter.before !== undefined, (query) => query.where('id', '<', filter.before ?? ''))
    .orderBy('id', 'desc')
    .limit(filter.limit + 1)
    .execute()

export const insertTask = (db: Db, row: Insertable<TasksTable>) => db.insertInto('tasks').values(row).execute()

/** Changes the running task of a subject; answers its id, or undefined when there is none. */
export const updateRunningTask = (
  db: Db,
  subject_id: string,
  kind: string,
  change: Partial<Pick<TasksTable, 'state' | 'stage' | 'percent' | 'error' | 'finished_at'>>,
) =>
  db
    .updateTable('tasks')
    .set(change)
    .where('subject_id', '=', subject_id)
    .where('kind', '=', kind)
    .where('state', '=', 'running')
    .returning('id')
    .executeTakeFirst()

export const deleteFinishedTasks = (db: Db, before: string) =>
  db.deleteFrom('tasks').where('state', '!=', 'running').where('finished_at', '<', before).execute()
