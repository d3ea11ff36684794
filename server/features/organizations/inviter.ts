import type { InstancePermission, Permission } from '#contract/permissions'
import { type Clock, isoNow } from '#server/clock'
import type { Db } from '#server/db/schema'
import { mayOnInstance } from '#server/http/rights'
import type { Mail } from '#server/mail'
import * as invites from './invites/store.ts'
import { rightBeyond, type Standing, standingOf } from './standing.ts'
import * as store from './store.ts'

type Offer = Pick<invites.InviteRow, 'organization_id' | 'invited_by' | 'role' | 'denials'>
export type Share = { instance_id: string; permissions: InstancePermission[] }

export const denialsOf = ({ denials }: { denials: string }) => JSON.parse(denials) as Permission[]
export const sharesOf = ({ instances }: { instances: string }) => JSON.parse(instances) as Share[]

/** Who invited, if they could still do it: an invitation is worth no more than the one who made it. */
export async function inviterOf(db: Db, invite: Offer): Promise<Standing | undefined> {
  const { organization_id, invited_by, role } = invite
  const inviter = invited_by === null ? undefined : await standingOf(db, organization_id, invited_by)
  if (!inviter || inviter.suspended || !inviter.permissions.has('members.invite')) return undefined
  return rightBeyond(inviter, role, new Set(denialsOf(invite))) === undefined ? inviter : undefined
}

/** What of a share its giver may still give: undefined where they may not share that server at all. */
export async function givable(
  db: Db,
  organization_id: string,
  giver: Standing,
  { instance_id, permissions }: Share,
): Promise<InstancePermission[] | undefined> {
  const instance = await store.findInstance(db, organization_id, instance_id)
  if (!instance || !mayOnInstance(giver, 'instances.view', instance)) return undefined
  if (!mayOnInstance(giver, 'instances.access', instance)) return undefined
  return permissions.filter((key) => mayOnInstance(giver, key, instance))
}

/** After a member lost rights: takes back the open invitations that they could not make any more. */
export async function dropInvites(
  db: Db,
  { mail, clock }: { mail: Mail; clock: Clock },
  organization_id: string,
  invited_by: string,
): Promise<void> {
  for (const invite of await invites.listInvites(db, organization_id, isoNow(clock))) {
    if (invite.invited_by !== invited_by || (await inviterOf(db, invite))) continue
    await invites.deleteOpen(db, organization_id, { id: invite.id })
    await mail.forgetLink(db, invite.token_hash)
  }
}
