import { createHash } from 'node:crypto'
import type { InstancePermission } from '#contract/permissions'
import type { Audit } from '#server/audit'
import { type Clock, isoNow } from '#server/clock'
import { conflict, forbidden, notFound } from '#server/errors'
import { newId } from '#server/ids'
import type { Joining } from '#server/sign-in'
import * as store from './store.ts'

export const tokenHash = (token: string) => createHash('sha256').update(token).digest('hex')

/** `Ana's friends` becomes `ana-s-friends`; what has no letter of ours becomes `organization`. */
export const slugOf = (name: string): string =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 32)
    .replace(/-+$/, '') || 'organization'

/** How organizations come to people: one of their own, or one that they were invited to. */
export function createJoining({ clock, audit }: { clock: Clock; audit: Audit }): Joining {
  return {
    async createFor(db, owner, name) {
      const id = newId(clock.now())
      const now = isoNow(clock)
      const slug = slugOf(name)
      const row = { id, name, created_at: now, updated_at: now }
      const made =
        (await store.insertOrganization(db, { ...row, slug })) ??
        (await store.insertOrganization(db, { ...row, slug: `${slug}-${id.slice(-6)}` }))
      if (!made) throw conflict('slug_taken', 'There is an organization with this short name already.')
      await store.insertMember(db, { organization_id: id, user_id: owner.id, role: 'owner', created_at: now })
      await audit(db, {
        organization_id: id,
        actor: { type: 'user', id: owner.id, name: owner.email },
        action: 'organization.created',
        subject: { type: 'organization', id, name },
      })
      return id
    },

    findInvite: (db, token) => store.findInvite(db, tokenHash(token), isoNow(clock)),

    async acceptInvite(db, token, user, ip) {
      const now = isoNow(clock)
      const invite = await store.findInvite(db, tokenHash(token), now)
      if (!invite) {
        throw notFound('invite_not_found', 'This invitation is not good any more. Ask for a new one.')
      }
      if (invite.email !== null && invite.email !== user.email) {
        throw forbidden('invite_for_another', 'This invitation is for another e-mail address.')
      }
      const { organization_id } = invite
      const member = { organization_id, user_id: user.id, role: invite.role, created_at: now }
      if (!(await store.insertMember(db, member))) {
        throw conflict('already_member', 'You belong to this organization already.')
      }
      // Of two at once the second finds it spent.
      if (!(await store.spendInvite(db, invite.id, user.id, now))) {
        throw notFound('invite_not_found', 'This invitation is not good any more. Ask for a new one.')
      }
      for (const key of JSON.parse(invite.denials) as string[]) {
        await store.insertEffect(db, {
          organization_id,
          user_id: user.id,
          key,
          effect: 'deny',
          created_by: invite.invited_by,
          created_at: now,
        })
      }
      const shares = JSON.parse(invite.instances) as { instance_id: string; permissions: InstancePermission[] }[]
      for (const { instance_id, permissions } of shares) {
        await store.shareInstance(db, {
          instance_id,
          user_id: user.id,
          permissions: JSON.stringify(permissions),
          created_by: invite.invited_by,
          created_at: now,
          updated_at: now,
          organization_id,
        })
      }
      await audit(db, {
        organization_id,
        actor: { type: 'user', id: user.id, name: user.email },
        action: 'member.joined',
        subject: { type: 'member', id: user.id, name: user.email },
        ip,
        details: { role: invite.role },
      })
      return organization_id
    },
  }
}
