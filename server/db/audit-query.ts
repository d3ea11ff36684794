import { type Static, Type as T } from 'typebox'
import { sql } from 'kysely'
import { AuditFilter } from '#contract/audit'
import { invalid } from '#server/errors'
import { likePattern } from './page.ts'
import type { Db } from './schema.ts'

const filterSchema = T.Object(AuditFilter)
export type AuditQuery = Static<typeof filterSchema> & {
  organization_id?: string | undefined
  /** Ids: rows older than `before`, rows newer than `after`. */
  before?: string | undefined
  after?: string | undefined
}

/** Every column, in the order in which an export writes them. */
export const auditColumns = [
  'id',
  'at',
  'organization_id',
  'actor_type',
  'actor_id',
  'actor_name',
  'action',
  'subject_type',
  'subject_id',
  'subject_name',
  'ip',
  'outcome',
  'reason',
  'details',
] as const

/** Times are kept as UTC text and compared as text, whatever zone a filter was written in. */
function utc(time: string): string {
  const at = Date.parse(time)
  if (Number.isNaN(at)) throw invalid('bad_time', `${time} is not a time there is. Write it as 2026-01-31T12:00:00Z.`)
  return new Date(at).toISOString()
}

/** The audit log by its filters. Who asks adds the order, by id, and a limit. */
export function auditRows(db: Db, filter: AuditQuery) {
  let query = db.selectFrom('audit_logs').select(auditColumns)
  for (const column of ['organization_id', 'subject_type', 'subject_id', 'outcome', 'ip'] as const) {
    const wanted = filter[column]
    if (wanted !== undefined) query = query.where(column, '=', wanted)
  }
  const { actor, action, since, until, before, after } = filter
  if (actor !== undefined) {
    const pattern = likePattern(actor)
    query = query.where((eb) =>
      eb.or([
        eb('actor_id', '=', actor),
        sql<boolean>`lower(${eb.ref('actor_name')}) like lower(${pattern}) escape '\\'`,
      ]),
    )
  }
  if (action?.includes('.')) query = query.where('action', '=', action)
  else if (action !== undefined) {
    // The noun alone stands for all its verbs: from `noun.` up to what comes after the full stop. An expression, because an index of
    // actions would give them in an order that each page has to sort anew.
    const verb = sql<string>`(${sql.ref('action')} || '')`
    query = query.where(verb, '>=', `${action}.`).where(verb, '<', `${action}/`)
  }
  if (since !== undefined) query = query.where('at', '>=', utc(since))
  if (until !== undefined) query = query.where('at', '<=', utc(until))
  if (before !== undefined) query = query.where('id', '<', before)
  if (after !== undefined) query = query.where('id', '>', after)
  return query
}
