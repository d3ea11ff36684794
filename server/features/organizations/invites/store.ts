import type { Insertable } from 'kysely'
import type { Role } from '#contract/permissions'
import type { Db } from '#server/db/schema'

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

export const insertInvite = (db: Db, row: Insertable<InvitesTable>) => db.insertInto('invites').values(row).execute()

const selectOpen = (db: Db, now: string) =>
  db
    .selectFrom('invites')
    .innerJoin('organizations', 'organizations.id', 'invites.organization_id')
    .leftJoin('users', 'users.id', 'invites.invited_by')
    .selectAll('invites')
    .select(['users.email as inviter_email', 'organizations.name as organization_name'])
    .where('accepted_at', 'is', null)
    .where('expires_at', '>', now)

/** An invitation that is still open. */
export const findInvite = (db: Db, token_hash: string, now: string) =>
  selectOpen(db, now).where('token_hash', '=', token_hash).executeTakeFirst()
export type InviteRow = NonNullable<Awaited<ReturnType<typeof findInvite>>>

export const listInvites = (db: Db, organization_id: string, now: string) =>
  selectOpen(db, now).where('invites.organization_id', '=', organization_id).orderBy('invites.id', 'desc').execute()

export const countOpen = async (db: Db, organization_id: string, now: string): Promise<number> => {
  const { count } = await db
    .selectFrom('invites')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('organization_id', '=', organization_id)
    .where('accepted_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** Undefined when another was faster. */
export const spendInvite = (db: Db, id: string, accepted_by: string, accepted_at: string) =>
  db
    .updateTable('invites')
    .set({ accepted_at, accepted_by })
    .where('id', '=', id)
    .where('accepted_at', 'is', null)
    .returning('id')
    .executeTakeFirst()

export const noteMailed = (db: Db, id: string, mailed_at: string) =>
  db.updateTable('invites').set({ mailed_at }).where('id', '=', id).execute()

/** Takes open invitations back: one, or all to an address. Answers what they were. */
export function deleteOpen(db: Db, organization_id: string, which: { id: string } | { email: string }) {
  const query = db
    .deleteFrom('invites')
    .where('organization_id', '=', organization_id)
    .where('accepted_at', 'is', null)
    .returning(['id', 'email', 'token_hash'])
  return ('id' in which ? query.where('id', '=', which.id) : query.where('email', '=', which.email)).execute()
}

export const deleteOld = (db: Db, before: string) => db.deleteFrom('invites').where('expires_at', '<', before).execute()
