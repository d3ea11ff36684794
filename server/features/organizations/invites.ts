import { listInvites, type inviteMember, type Invite } from '#contract/invites'
import { listMembers } from '#contract/members'
import { listOrganizations } from '#contract/organizations'
import { getMe } from '#contract/auth'
import { listInstances } from '#contract/instances'
import type { Input, Output } from '#contract/operation'
import type { previewInvite } from '#contract/invites'
import { byCaller } from '#server/audit'
import { isoNow } from '#server/clock'
import { inTransaction } from '#server/db/open'
import type { Db } from '#server/db/schema'
import { conflict, invalid, notFound } from '#server/errors'
import type { Caller } from '#server/http/caller'
import { newId, newSecret } from '#server/ids'
import type { Deps } from './deps.ts'
import { denialsOf, givable, inviterOf, type Share, sharesOf } from './inviter.ts'
import * as invites from './invites/store.ts'
import { inviteNotFound, tokenHash } from './joining.ts'
import * as members from './members/store.ts'
import { actorOf, beyond, rightBeyond, type Standing } from './standing.ts'
import * as store from './store.ts'

const MAX_OPEN = 100
const DAY_MS = 24 * 3600 * 1000
/** How long an invitation that is over is kept. */
const KEEP_MS = 30 * DAY_MS

const toInvite = (row: invites.InviteRow): Invite => ({
  id: row.id,
  email: row.email,
  role: row.role,
  denials: denialsOf(row),
  instances: sharesOf(row),
  invited_by: row.inviter_email,
  created_at: row.created_at,
  expires_at: row.expires_at,
  mailed_at: row.mailed_at,
})

/** Invitations to an organization: by mail, or by a link to copy. */
export function createInvites({ db, clock, audit, publish, live, mail, joining, baseUrl }: Deps) {
  const changed = (organization_id: string) =>
    publish({ organization_id, kind: 'invite.changed', stale: [listInvites] })

  /** Refuses a share that the inviter could not give by hand. */
  async function readShares(db: Db, organization_id: string, inviter: Standing, shares: readonly Share[]) {
    if (new Set(shares.map(({ instance_id }) => instance_id)).size < shares.length) {
      throw invalid('instance_twice', 'Name each server once.')
    }
    for (const share of shares) {
      const allowed = await givable(db, organization_id, inviter, share)
      if (!allowed) throw notFound('instance_not_found', 'There is no such server that you could share.')
      const missing = share.permissions.find((key) => !allowed.includes(key))
      if (missing) throw beyond(missing)
    }
    return shares.map(({ instance_id, permissions }) => ({
      instance_id,
      permissions: [...new Set<Share['permissions'][number]>(['instances.view', ...permissions])],
    }))
  }

  /** After commit: a mail where mail is set up, else the link waits for an administrator. */
  async function deliver(row: invites.InviteRow & { email: string }, link: string): Promise<string | null> {
    const { email, organization_name, token_hash, expires_at } = row
    const days = Math.max(1, Math.round((Date.parse(expires_at) - clock.now()) / DAY_MS))
    const message = { kind: 'invite' as const, link, organization: organization_name, days }
    const isMailed =
      (await mail.isSetUp()) && (await mail.send(email, null, { ...message, invited_by: row.inviter_email ?? '' }))
    if (!isMailed) {
      await mail.keepLink(db, { kind: 'invite', email, link, token_hash, expires_at })
      return null
    }
    const mailed_at = isoNow(clock)
    await invites.noteMailed(db, row.id, mailed_at)
    return mailed_at
  }

  return {
    async list({ organization_id }: Caller): Promise<Output<typeof listInvites>> {
      const rows = await invites.listInvites(db, organization_id, isoNow(clock))
      return { items: rows.map(toInvite), next_cursor: null }
    },

    async create(
      caller: Caller,
      { email: address, role = 'user', denials = [], instances = [], expires_in }: Input<typeof inviteMember>['body'],
    ): Promise<Output<typeof inviteMember>> {
      const { organization_id } = caller
      const email = address?.trim().toLowerCase() ?? null
      const token = newSecret()
      const token_hash = tokenHash(token)
      const row = await inTransaction(db, async (db) => {
        await store.takeTurn(db, organization_id)
        const inviter = await actorOf(db, caller, 'members.invite')
        const tooMuch = rightBeyond(inviter, role, new Set(denials))
        if (tooMuch) throw beyond(tooMuch)
        const shares = await readShares(db, organization_id, inviter, instances)
        if (email !== null && (await members.findByEmail(db, organization_id, email))) {
          throw conflict('already_member', `${email} belongs to this organization already.`)
        }
        // A newer invitation to the same address takes the place of an older one.
        const replaced = email === null ? [] : await invites.deleteOpen(db, organization_id, { email })
        for (const { token_hash } of replaced) await mail.forgetLink(db, token_hash)
        if ((await invites.countOpen(db, organization_id, isoNow(clock))) >= MAX_OPEN) {
          throw conflict('invite_limit', `There are ${MAX_OPEN} open invitations. Revoke some first.`)
        }
        const id = newId(clock.now())
        const expires_at = new Date(
          clock.now() + (expires_in === undefined ? 7 * DAY_MS : expires_in * 1000),
        ).toISOString()
        await invites.insertInvite(db, {
          id,
          organization_id,
          email,
          role,
          denials: JSON.stringify(denials),
          instances: JSON.stringify(shares),
          token_hash,
          invited_by: caller.user_id,
          created_at: isoNow(clock),
          expires_at,
        })
        await audit(db, {
          ...byCaller(caller),
          action: 'invite.created',
          subject: { type: 'invite', id, name: email },
          details: { role, denials, instances: shares, expires_at },
        })
        return invites.findInvite(db, token_hash, isoNow(clock))
      })
      if (!row) throw new Error('An invitation that was just made is open.')
      const link = `${baseUrl()}/invite#token=${token}`
      const mailed_at = row.email === null ? null : await deliver({ ...row, email: row.email }, link)
      changed(organization_id)
      return { ...toInvite(row), mailed_at, link }
    },

    async remove(caller: Caller, inviteId: string): Promise<void> {
      const { organization_id } = caller
      await inTransaction(db, async (db) => {
        const [invite] = await invites.deleteOpen(db, organization_id, { id: inviteId })
        if (!invite) throw notFound('invite_not_found', 'There is no such open invitation.')
        await mail.forgetLink(db, invite.token_hash)
        const subject = { type: 'invite', id: inviteId, name: invite.email }
        await audit(db, { ...byCaller(caller), action: 'invite.revoked', subject })
      })
      changed(organization_id)
    },

    async preview(token: string): Promise<Output<typeof previewInvite>> {
      const invite = await invites.findInvite(db, tokenHash(token), isoNow(clock))
      if (!invite || !(await inviterOf(db, invite))) throw inviteNotFound()
      const { organization_name, inviter_email: invited_by, email, role, expires_at } = invite
      return { organization_name, invited_by, email, role, expires_at }
    },

    /** Answers the id of the organization. */
    async accept(caller: Caller, token: string): Promise<string> {
      const user = { id: caller.user_id, email: caller.email }
      const organization_id = await inTransaction(db, (db) => joining.acceptInvite(db, token, user, caller.ip))
      await live.recheckUser(caller.user_id)
      const stale = [listMembers, listInvites, listOrganizations, getMe, listInstances]
      publish({ organization_id, kind: 'member.joined', subject: { type: 'member', id: caller.user_id }, stale })
      return organization_id
    },

    openOf: (db: Db, organizationId: string) => invites.listInvites(db, organizationId, isoNow(clock)),
    forgetOld: () => invites.deleteOld(db, new Date(clock.now() - KEEP_MS).toISOString()),
  }
}
