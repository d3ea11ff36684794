import { type Insertable, sql } from 'kysely'
import type { Db, Schema } from '#server/db/schema'

type MemberFilter = {
  organization_id: string
  user_id?: string | undefined
  /** A `like` pattern. */
  search?: string | undefined
  /** Id of the last person seen. */
  after?: string | undefined
  limit: number
}

/** Members by address, one more than the page holds. */
export function listMembers(db: Db, { organization_id, user_id, search, after, limit }: MemberFilter) {
  let query = db
    .selectFrom('memberships')
    .innerJoin('users', 'users.id', 'memberships.user_id')
    .select([
      'users.id',
      'users.email',
      'users.suspended_at',
      'memberships.role',
      'memberships.created_at as joined_at',
      sql<number>`(exists (select 1 from mfa_totp where mfa_totp.user_id = users.id and mfa_totp.verified_at is not null)
        or exists (select 1 from passkeys where passkeys.user_id = users.id))`.as('mfa_enabled'),
    ])
    .select((eb) => [
      eb
        .selectFrom('sessions')
        .select(({ fn }) => fn.max('sessions.last_used_at').as('at'))
        .whereRef('sessions.user_id', '=', 'users.id')
        .as('last_seen_at'),
      eb
        .selectFrom('instance_access')
        .innerJoin('instances', 'instances.id', 'instance_access.instance_id')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .whereRef('instance_access.user_id', '=', 'users.id')
        .where('instances.organization_id', '=', organization_id)
        .as('shared_instances'),
    ])
    .where('memberships.organization_id', '=', organization_id)
  if (user_id !== undefined) query = query.where('users.id', '=', user_id)
  if (search !== undefined) query = query.where(sql<boolean>`lower(users.email) like lower(${search}) escape '\\'`)
  if (after !== undefined) {
    query = query.where('users.email', '>', (eb) =>
      eb.selectFrom('users as last').select('last.email').where('last.id', '=', after),
    )
  }
  return query
    .orderBy('users.email')
    .limit(limit + 1)
    .execute()
}
export type MemberRow = Awaited<ReturnType<typeof listMembers>>[number]

/** What was granted or denied to some members. */
export const listEffectsOf = async (db: Db, organization_id: string, user_ids: readonly string[]) =>
  user_ids.length === 0
    ? []
    : db
        .selectFrom('member_permissions')
        .select(['user_id', 'key', 'effect'])
        .where('organization_id', '=', organization_id)
        .where('user_id', 'in', user_ids)
        .orderBy('key')
        .execute()

export const setEffect = (db: Db, row: Insertable<Schema['member_permissions']>) =>
  db
    .insertInto('member_permissions')
    .values(row)
    .onConflict((on) =>
      on.columns(['organization_id', 'user_id', 'key']).doUpdateSet({
        effect: row.effect,
        created_by: row.created_by ?? null,
        created_at: row.created_at,
      }),
    )
    .execute()

export const deleteEffect = (db: Db, organization_id: string, user_id: string, key: string) =>
  db
    .deleteFrom('member_permissions')
    .where('organization_id', '=', organization_id)
    .where('user_id', '=', user_id)
    .where('key', '=', key)
    .execute()

export const deleteEffects = (db: Db, organization_id: string, user_id: string) =>
  db
    .deleteFrom('member_permissions')
    .where('organization_id', '=', organization_id)
    .where('user_id', '=', user_id)
    .execute()

export const findOwner = (db: Db, organization_id: string) =>
  db
    .selectFrom('memberships')
    .select('user_id')
    .where('organization_id', '=', organization_id)
    .where('role', '=', 'owner')
    .executeTakeFirstOrThrow()

/** Takes somebody out, with all that they held there; what they made passes to `heir`. Grants and denials go with the membership. */
export async function deleteMember(db: Db, organization_id: string, user_id: string, heir: string): Promise<void> {
  for (const table of ['instances', 'workloads'] as const) {
    await db
      .updateTable(table)
      .set({ created_by: heir })
      .where('organization_id', '=', organization_id)
      .where('created_by', '=', user_id)
      .execute()
  }
  await db
    .deleteFrom('instance_access')
    .where('user_id', '=', user_id)
    .where('instance_id', 'in', (eb) =>
      eb.selectFrom('instances').select('instances.id').where('instances.organization_id', '=', organization_id),
    )
    .execute()
  await db
    .deleteFrom('api_tokens')
    .where('organization_id', '=', organization_id)
    .where('user_id', '=', user_id)
    .execute()
  // A token that they carried away would add a machine of theirs.
  await db
    .deleteFrom('node_register_tokens')
    .where('organization_id', '=', organization_id)
    .where('created_by', '=', user_id)
    .where('used_at', 'is', null)
    .execute()
  await db
    .deleteFrom('memberships')
    .where('organization_id', '=', organization_id)
    .where('user_id', '=', user_id)
    .execute()
}

export const findByEmail = (db: Db, organization_id: string, email: string) =>
  db
    .selectFrom('memberships')
    .innerJoin('users', 'users.id', 'memberships.user_id')
    .select('users.id')
    .where('memberships.organization_id', '=', organization_id)
    .where('users.email', '=', email)
    .executeTakeFirst()
