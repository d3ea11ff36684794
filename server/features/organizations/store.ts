import { type Insertable, sql } from 'kysely'
import type { Role } from '#contract/permissions'
import { type AuditQuery, auditRows } from '#server/db/audit-query'
import type { Db, Schema } from '#server/db/schema'

export interface MemberPermissionsTable {
  organization_id: string
  user_id: string
  key: string
  effect: 'grant' | 'deny'
  created_by: string | null
  created_at: string
}

/** Whoever changes members, invitations or the organization itself waits here for their turn. Undefined when it is gone. */
export const takeTurn = (db: Db, id: string) =>
  db
    .updateTable('organizations')
    .set((eb) => ({ slug: eb.ref('slug') }))
    .where('id', '=', id)
    .returning(['id', 'name', 'slug'])
    .executeTakeFirst()

/** The same for what belongs to one person. */
export const takeTurnOfUser = (db: Db, id: string) =>
  db
    .updateTable('users')
    .set((eb) => ({ updated_at: eb.ref('updated_at') }))
    .where('id', '=', id)
    .returning(['id', 'default_organization_id'])
    .executeTakeFirst()

/** Undefined when the slug is taken. */
export const insertOrganization = (db: Db, row: Insertable<Schema['organizations']>) =>
  db
    .insertInto('organizations')
    .values(row)
    .onConflict((on) => on.column('slug').doNothing())
    .returning('id')
    .executeTakeFirst()

/** Undefined when another organization has the slug. */
export const updateOrganization = (
  db: Db,
  id: string,
  change: Pick<Schema['organizations'], 'name' | 'slug' | 'updated_at'>,
) =>
  db
    .updateTable('organizations')
    .set(change)
    .where('id', '=', id)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('organizations as other')
            .select('other.id')
            .where('other.slug', '=', change.slug)
            .where('other.id', '!=', id),
        ),
      ),
    )
    .returning('id')
    .executeTakeFirst()

export const deleteOrganization = (db: Db, id: string) => db.deleteFrom('organizations').where('id', '=', id).execute()

const countOf = (table: 'memberships' | 'nodes' | 'workloads' | 'instances' | 'api_tokens') =>
  sql<number>`(select count(*) from ${sql.table(table)} as counted where counted.organization_id = organizations.id)`
const counts = [
  countOf('memberships').as('members'),
  countOf('nodes').as('nodes'),
  countOf('workloads').as('workloads'),
  countOf('instances').as('instances'),
]

/** The organizations of a person. */
export const listOrganizations = (db: Db, user_id: string, only?: string) =>
  db
    .selectFrom('memberships')
    .innerJoin('organizations', 'organizations.id', 'memberships.organization_id')
    .innerJoin('users', 'users.id', 'memberships.user_id')
    .select([
      'organizations.id',
      'organizations.name',
      'organizations.slug',
      'organizations.created_at',
      'memberships.role',
      'users.default_organization_id',
    ])
    .select(counts)
    .where('memberships.user_id', '=', user_id)
    .$if(only !== undefined, (query) => query.where('organizations.id', '=', only ?? ''))
    .orderBy('organizations.id')
    .execute()
export type OrganizationRow = Awaited<ReturnType<typeof listOrganizations>>[number]

/** What an organization holds. */
export const holdings = (db: Db, id: string) =>
  db
    .selectFrom('organizations')
    .select(counts)
    .select(countOf('api_tokens').as('tokens'))
    .where('id', '=', id)
    .executeTakeFirstOrThrow()

export const countOwned = async (db: Db, user_id: string): Promise<number> => {
  const { count } = await db
    .selectFrom('memberships')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('user_id', '=', user_id)
    .where('role', '=', 'owner')
    .executeTakeFirstOrThrow()
  return Number(count)
}

export const setDefault = (db: Db, user_id: string, default_organization_id: string) =>
  db.updateTable('users').set({ default_organization_id }).where('id', '=', user_id).execute()

/** For somebody who has none. */
export const setFirstDefault = (db: Db, user_id: string, default_organization_id: string) =>
  db
    .updateTable('users')
    .set({ default_organization_id })
    .where('id', '=', user_id)
    .where('default_organization_id', 'is', null)
    .execute()

/** Those whose default this is, or one of them, get their oldest other organization, or none. */
export const moveDefaults = (db: Db, organization_id: string, user_id?: string) =>
  db
    .updateTable('users')
    .set((eb) => ({
      default_organization_id: eb
        .selectFrom('memberships')
        .select('memberships.organization_id')
        .whereRef('memberships.user_id', '=', 'users.id')
        .where('memberships.organization_id', '!=', organization_id)
        .orderBy('memberships.created_at')
        .orderBy('memberships.organization_id')
        .limit(1),
    }))
    .where('default_organization_id', '=', organization_id)
    .$if(user_id !== undefined, (query) => query.where('id', '=', user_id ?? ''))
    .execute()

export const listAudit = (db: Db, filter: AuditQuery, limit: number) =>
  auditRows(db, filter)
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()

/** Undefined when they belong to it already. */
export const insertMember = (db: Db, row: Insertable<Schema['memberships']>) =>
  db
    .insertInto('memberships')
    .values(row)
    .onConflict((on) => on.columns(['organization_id', 'user_id']).doNothing())
    .returning('user_id')
    .executeTakeFirst()

export const findMember = (db: Db, organization_id: string, user_id: string) =>
  db
    .selectFrom('memberships')
    .innerJoin('users', 'users.id', 'memberships.user_id')
    .select(['users.id as user_id', 'users.email', 'users.suspended_at', 'memberships.role'])
    .where('memberships.organization_id', '=', organization_id)
    .where('memberships.user_id', '=', user_id)
    .executeTakeFirst()

/** Undefined when they do not have the role `from` any more. */
export const changeRole = (db: Db, organization_id: string, user_id: string, from: Role, role: Role) =>
  db
    .updateTable('memberships')
    .set({ role })
    .where('organization_id', '=', organization_id)
    .where('user_id', '=', user_id)
    .where('role', '=', from)
    .returning('user_id')
    .executeTakeFirst()

/** A server, for judging who may share it. */
export const findInstance = (db: Db, organization_id: string, id: string) =>
  db
    .selectFrom('instances')
    .select(['id', 'created_by'])
    .where('organization_id', '=', organization_id)
    .where('id', '=', id)
    .executeTakeFirst()
