import { sql } from 'kysely'
import { auditRows, type AuditQuery } from '#server/db/audit-query'
import { likePattern } from '#server/db/page'
import type { Db } from '#server/db/schema'

type Counted = 'users' | 'organizations' | 'sessions' | 'api_tokens' | 'workloads'
const count = (db: Db, table: Counted) => db.selectFrom(table).select((eb) => eb.fn.countAll<number>().as('n'))

/** How many there are of everything, in one look. */
export async function countAll(db: Db, now: string, dayAgo: string) {
  const users = await db
    .selectFrom('users')
    .select((eb) => [
      eb.fn.countAll<number>().as('total'),
      eb.fn.count<number>('suspended_at').as('suspended'),
      sql<number>`count(case when platform_role = 'admin' then 1 end)`.as('admins'),
      sql<number>`count(case when exists (select 1 from mfa_totp where mfa_totp.user_id = users.id and mfa_totp.verified_at is not null)
        or exists (select 1 from passkeys where passkeys.user_id = users.id) then 1 end)`.as('with_mfa'),
    ])
    .executeTakeFirstOrThrow()
  const active = await db
    .selectFrom('sessions')
    .select(sql<number>`count(distinct user_id)`.as('n'))
    .where('last_used_at', '>=', dayAgo)
    .executeTakeFirstOrThrow()
  const sessions = await count(db, 'sessions')
    .where('revoked_at', 'is', null)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('refresh_tokens')
          .select('token_hash')
          .whereRef('refresh_tokens.session_id', '=', 'sessions.id')
          .where('refresh_tokens.expires_at', '>', now),
      ),
    )
    .executeTakeFirstOrThrow()
  const tokens = await count(db, 'api_tokens')
    .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', now)]))
    .executeTakeFirstOrThrow()
  return {
    users: { ...users, active_24h: active.n },
    organizations: (await count(db, 'organizations').executeTakeFirstOrThrow()).n,
    sessions: sessions.n,
    api_tokens: tokens.n,
    workloads: (await count(db, 'workloads').executeTakeFirstOrThrow()).n,
  }
}

/** Sign-ins since a moment, as the audit log has them. */
export async function countSignIns(db: Db, since: string) {
  const rows = await db
    .selectFrom('audit_logs')
    .select((eb) => ['action', eb.fn.countAll<number>().as('n')])
    .where('action', 'in', ['session.created', 'session.refused'])
    .where('at', '>=', since)
    .groupBy('action')
    .execute()
  const of = (action: string) => rows.find((row) => row.action === action)?.n ?? 0
  return { done_24h: of('session.created'), refused_24h: of('session.refused') }
}

export const findLastBackup = (db: Db) =>
  db
    .selectFrom('system_backups')
    .select(['started_at as at', 'state', 'error'])
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()

export const sumBackups = async (db: Db) =>
  (
    await db
      .selectFrom('system_backups')
      .select((eb) => eb.fn.sum<number | null>('bytes').as('n'))
      .where('state', '=', 'done')
      .executeTakeFirstOrThrow()
  ).n ?? 0

export const listFailingJobs = async (db: Db) =>
  (
    await db
      .selectFrom('jobs')
      .select(['name', 'last_error'])
      .where('last_error', 'is not', null)
      .orderBy('name')
      .execute()
  ).map(({ name, last_error }) => ({ name, error: last_error ?? '' }))

const selectOrganizations = (db: Db) =>
  db.selectFrom('organizations').select((eb) => {
    const countOf = (table: 'memberships' | 'nodes' | 'workloads' | 'instances') =>
      eb
        .selectFrom(table)
        .select(sql<number>`count(*)`.as('n'))
        .whereRef(`${table}.organization_id`, '=', 'organizations.id')
        .$asScalar()
        .$notNull()
    return [
      'organizations.id',
      'organizations.name',
      'organizations.slug',
      'organizations.created_at',
      eb
        .selectFrom('memberships')
        .innerJoin('users', 'users.id', 'memberships.user_id')
        .select('users.email')
        .whereRef('memberships.organization_id', '=', 'organizations.id')
        .where('memberships.role', '=', 'owner')
        .limit(1)
        .as('owner_email'),
      countOf('memberships').as('members'),
      countOf('nodes').as('nodes'),
      countOf('workloads').as('workloads'),
      countOf('instances').as('instances'),
    ]
  })

export const listOrganizations = (
  db: Db,
  filter: { search: string | undefined; before: string | undefined; limit: number },
) =>
  selectOrganizations(db)
    .$if(filter.search !== undefined, (query) => {
      const pattern = likePattern((filter.search ?? '').toLowerCase())
      const matches = (column: 'organizations.name' | 'organizations.slug') =>
        sql<boolean>`lower(${sql.ref(column)}) like ${pattern} escape '\\'`
      return query.where((eb) => eb.or([matches('organizations.name'), matches('organizations.slug')]))
    })
    .$if(filter.before !== undefined, (query) => query.where('organizations.id', '<', filter.before ?? ''))
    .orderBy('organizations.id', 'desc')
    .limit(filter.limit + 1)
    .execute()

export const findOrganization = (db: Db, id: string) =>
  selectOrganizations(db).where('organizations.id', '=', id).executeTakeFirst()

export const listPeople = (db: Db, organization_id: string) =>
  db
    .selectFrom('memberships')
    .innerJoin('users', 'users.id', 'memberships.user_id')
    .select(['memberships.user_id', 'users.email', 'memberships.role'])
    .where('memberships.organization_id', '=', organization_id)
    .orderBy('users.email')
    .execute()

export const listAudit = (db: Db, filter: AuditQuery, limit: number) =>
  auditRows(db, filter)
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()

/** What became of rows that were written: those that stayed. */
export const listAuditByIds = (db: Db, ids: readonly string[]) =>
  auditRows(db, {}).where('id', 'in', ids).orderBy('id').execute()

/** Deletes some rows that are older than a moment; answers how many. By id too, which finds them without reading the others. */
export const deleteOldAudit = async (db: Db, before: string, beforeId: string, limit: number) =>
  Number(
    (
      await db
        .deleteFrom('audit_logs')
        .where('id', 'in', (eb) =>
          eb
            .selectFrom('audit_logs')
            .select('id')
            .where('id', '<', beforeId)
            .where('at', '<', before)
            .orderBy('id')
            .limit(limit),
        )
        .executeTakeFirstOrThrow()
    ).numDeletedRows,
  )

/** The next rows after an id, oldest first. */
export const nextAudit = (db: Db, filter: AuditQuery, limit: number) =>
  auditRows(db, filter).orderBy('id').limit(limit).execute()
export type AuditRow = Awaited<ReturnType<typeof nextAudit>>[number]
