import { createHash } from 'node:crypto'
import type { InstancePermission } from '#contract/permissions'
import type { Audit } from '#server/audit'
import { type Clock, isoNow } from '#server/clock'
import type { Db } from '#server/db/schema'
import { conflict, forbidden, notFound } from '#server/errors'
import type { Mail } from '#server/mail'
import type { Joining } from '#server/sign-in'
import { denialsOf, givable, inviterOf, sharesOf } from './inviter.ts'
import * as invites from './invites/store.ts'
import { makeOrganization } from './making.ts'
import * as members from './members/store.ts'
import * as store from './store.ts'

type Deps = {
  clock: Clock
  audit: Audit
  mail: Mail
  /** Shares a server with somebody; does nothing where it is shared with as many as it can be. */
  share: (
    db: Db,
    share: { instance_id: string; user_id: string; permissions: InstancePermission[]; created_by: string },
  ) => Promise<unknown>
}

export const tokenHash = (token: string) => createHash('sha256').update(token).digest('hex')
export const inviteNotFound = () =>
  notFound('invite_not_found', 'This invitation is not good any more. Ask for a new one.')

/** How organizations come to people: one of their own, or one that they were invited to. */
export function createJoining({ clock, audit, mail, share }: Deps): Joining {
  /** An open invitation whose maker could still make it, with its maker. */
  async function findGood(db: Db, token: string, { taking = false } = {}) {
    const invite = await invites.findInvite(db, tokenHash(token), isoNow(clock))
    if (invite && taking) await store.takeTurn(db, invite.organization_id)
    const inviter = invite && (await inviterOf(db, invite))
    return inviter && { invite, inviter }
  }

  return {
    createFor: (db, owner, name) => makeOrganization(db, { clock, audit }, owner, { name }),

    findInvite: async (db, token) => (await findGood(db, token))?.invite,

    async acceptInvite(db, token, user, ip) {
      const found = await findGood(db, token, { taking: true })
      if (!found) throw inviteNotFound()
      const { invite, inviter } = found
      if (invite.email !== null && invite.email !== user.email) {
        throw forbidden('invite_for_another', 'This invitation is for another e-mail address. Sign in with that one.')
      }
      const { organization_id } = invite
      const now = isoNow(clock)
      const member = { organization_id, user_id: user.id, role: invite.role, created_at: now }
      if (!(await store.insertMember(db, member))) {
        throw conflict('already_member', 'You belong to this organization already.')
      }
      // Of two at once the second finds it spent.
      if (!(await invites.spendInvite(db, invite.id, user.id, now))) throw inviteNotFound()
      await mail.forgetLink(db, invite.token_hash)
      await store.setFirstDefault(db, user.id, organization_id)
      const created_by = inviter.user_id
      for (const key of denialsOf(invite)) {
        const effect = { organization_id, user_id: user.id, key, effect: 'deny' as const }
        await members.setEffect(db, { ...effect, created_by, created_at: now })
      }
      for (const offer of sharesOf(invite)) {
        const permissions = await givable(db, organization_id, inviter, offer)
        if (!permissions?.includes('instances.view')) continue
        await share(db, { instance_id: offer.instance_id, user_id: user.id, permissions, created_by })
      }
      await audit(db, {
        organization_id,
        actor: { type: 'user', id: user.id, name: user.email },
        action: 'member.joined',
        subject: { type: 'member', id: user.id, name: user.email },
        ip,
        details: { role: invite.role, invited_by: inviter.email },
      })
      return organization_id
    },
  }
}
