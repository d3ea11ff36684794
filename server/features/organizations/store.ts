import type { Insertable } from 'kysely'
import type { Role } from '#contract/permissions'
import type { Db, Schema } from '#server/db/schema'

type OrganizationsTable = Schema['organizations']
type MembershipsTable = Schema['memberships']
type InstanceAccessTable = Schema['instance_access']

export interface MemberPermissionsTable {
  organization_id: string
  user_id: string
  key: string
  effect: 'grant' | 'deny'
  created_by: string | null
  created_at: string
}
export interface InvitesTable {
  id: string
  organization_id: string
  /** Null: whoever has the link. */
  email: string | null
  role: Role
  /** JSON array of permission keys. */
  denials: string
  /** JSON array of { instance_id, permissions }. */
  instances: string
  token_hash: string
  invited_by: string | null
  created_at: string
  expires_at: string
  mailed_at: string | null
  accepted_at: string | null
  accepted_by: string | null
}

/** Undefined when the slug is taken. */
export const insertOrganization = (db: Db, row: Insertable<OrganizationsTable>) =>
  db
    .insertInto('organizations')
    .values(row)
    .onConflict((on) => on.column('slug').doNothing())
    .returning('id')
    .executeTakeFirst()

/** Undefined when they belong to it already. */
export const insertMember = (db: Db, row: Insertable<MembershipsTable>) =>
  db
    .insertInto('memberships')
    .values(row)
    .onConflict((on) => on.columns(['organization_id', 'user_id']).doNothing())
    .returning('user_id')
    .executeTakeFirst()

/** An invitation that is still open. */
export const findInvite = (db: Db, token_hash: string, now: string) =>
  db
    .selectFrom('invites')
    .selectAll()
    .where('token_hash', '=', token_hash)
    .where('accepted_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst()

/** Undefined when another was faster. */
export const spendInvite = (db: Db, id: string, accepted_by: string, accepted_at: string) =>
  db
    .updateTable('invites')
    .set({ accepted_at, accepted_by })
    .where('id', '=', id)
    .where('accepted_at', 'is', null)
    .returning('id')
    .executeTakeFirst()

export const insertEffect = (db: Db, row: Insertable<MemberPermissionsTable>) =>
  db
    .insertInto('member_permissions')
    .values(row)
    .onConflict((on) => on.columns(['organization_id', 'user_id', 'key']).doUpdateSet({ effect: row.effect }))
    .execute()

/** Only a server that is still there and still in the organization. */
export const shareInstance = async (
  db: Db,
  { organization_id, ...row }: Insertable<InstanceAccessTable> & { organization_id: string },
) => {
  const instance = await db
    .selectFrom('instances')
    .select('id')
    .where('id', '=', row.instance_id)
    .where('organization_id', '=', organization_id)
    .executeTakeFirst()
  if (instance) await db.insertInto('instance_access').values(row).execute()
}
