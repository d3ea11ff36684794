import { type InstanceAccess, listInstanceAccess, type shareInstance } from '#contract/access'
import { getInstance, listInstances } from '#contract/instances'
import type { Input, Output } from '#contract/operation'
import { listMembers } from '#contract/members'
import type { InstancePermission } from '#contract/permissions'
import { type Audit, byCaller } from '#server/audit'
import { type Clock, isoNow } from '#server/clock'
import { inTransaction } from '#server/db/open'
import type { Db } from '#server/db/schema'
import { conflict, forbidden, notFound } from '#server/errors'
import type { Publish } from '#server/events'
import type { Caller } from '#server/http/caller'
import { mayOnInstance } from '#server/http/rights'
import type { Live } from '#server/live'
import { MAX_PEOPLE, type Sharing, withView } from './sharing.ts'
import * as store from './store.ts'

type Target = { id: string; name: string; organization_id: string; created_by: string | null }
type Deps = {
  db: Db
  clock: Clock
  audit: Audit
  publish: Publish
  live: Live
  share: Sharing
  /** A server that the caller holds a right on; throws for what the caller may not see. */
  locate: (caller: Caller, id: string, permission: InstancePermission) => Promise<Target>
}

const keysOf = ({ permissions }: store.AccessRow) => JSON.parse(permissions) as InstancePermission[]
const toAccess = (row: store.AccessRow): InstanceAccess => ({ ...row, permissions: keysOf(row) })
const subjectOf = ({ id, name }: Target) => ({ type: 'instance', id, name })

/** With whom a server is shared, and what they may do there. */
export function createAccessService({ db, clock, audit, publish, live, share, locate }: Deps) {
  const find = (caller: Caller, id: string) => locate(caller, id, 'instances.access')

  /** Nobody gives what they do not hold on that server, nor changes what somebody has who may do more there. */
  function assertHeld(caller: Caller, target: Target, permissions: readonly InstancePermission[]): void {
    const missing = permissions.find((key) => !mayOnInstance(caller, key, target))
    if (missing) {
      throw forbidden('beyond_own_rights', `This concerns ${missing}, which you do not hold on this server yourself.`)
    }
  }

  async function getAccess(db: Db, id: string, userId: string): Promise<store.AccessRow> {
    const row = await store.findAccess(db, id, userId)
    if (!row) throw notFound('access_not_found', 'This server is not shared with them.')
    return row
  }

  /** The reader first, so that what they see and what they are told fits their new rights. */
  async function changed({ id, organization_id, created_by }: Target, userId: string): Promise<void> {
    await live.recheckUser(userId)
    publish({
      organization_id,
      kind: 'instance.access_changed',
      subject: { type: 'instance', id, created_by },
      // `getInstance` without its id: whoever lost the server is not told of it by name, but has it open perhaps.
      stale: [{ operation: listInstanceAccess, id }, listInstances, getInstance, listMembers],
    })
  }

  return {
    async list(caller: Caller, id: string): Promise<Output<typeof listInstanceAccess>> {
      await find(caller, id)
      return { items: (await store.listAccess(db, id)).map(toAccess), next_cursor: null }
    },

    async share(caller: Caller, id: string, input: Input<typeof shareInstance>['body']): Promise<InstanceAccess> {
      const target = await find(caller, id)
      const permissions = withView(input.permissions)
      assertHeld(caller, target, permissions)
      const email = input.email.trim().toLowerCase()
      const row = await inTransaction(db, async (db) => {
        const member = await store.findMemberByEmail(db, target.organization_id, email)
        if (!member) {
          throw notFound('member_not_found', `${email} does not belong to this organization. Invite them first.`)
        }
        if (member.id === caller.user_id || member.role === 'owner' || member.id === target.created_by) {
          throw conflict('has_it_already', `${email} has this server already, without a share.`)
        }
        const done = await share(db, { instance_id: id, user_id: member.id, permissions, created_by: caller.user_id })
        if (done === 'gone') throw notFound('instance_not_found', 'There is no such server.')
        if (done === 'already') {
          throw conflict('already_shared', `This server is shared with ${email} already. Change their rights instead.`)
        }
        if (done === 'full') {
          throw conflict('share_limit', `A server can be shared with ${MAX_PEOPLE} people. Remove somebody first.`)
        }
        const details = { with: email, permissions }
        await audit(db, { ...byCaller(caller), action: 'instance.shared', subject: subjectOf(target), details })
        return getAccess(db, id, member.id)
      })
      await changed(target, row.user_id)
      return toAccess(row)
    },

    async update(
      caller: Caller,
      id: string,
      userId: string,
      wanted: readonly InstancePermission[],
    ): Promise<InstanceAccess> {
      const target = await find(caller, id)
      const permissions = withView(wanted)
      const row = await inTransaction(db, async (db) => {
        const before = await getAccess(db, id, userId)
        if (userId === caller.user_id) {
          throw forbidden('not_on_oneself', 'Nobody changes their own rights. Ask who shared this server with you.')
        }
        assertHeld(caller, target, [...permissions, ...keysOf(before)])
        await store.updateAccess(db, id, userId, {
          permissions: JSON.stringify(permissions),
          updated_at: isoNow(clock),
        })
        const details = { with: before.email, from: keysOf(before), to: permissions }
        await audit(db, { ...byCaller(caller), action: 'instance.share_changed', subject: subjectOf(target), details })
        return getAccess(db, id, userId)
      })
      await changed(target, userId)
      return toAccess(row)
    },

    /** One may give up a share of one's own. */
    async remove(caller: Caller, id: string, userId: string): Promise<void> {
      const target = await find(caller, id)
      await inTransaction(db, async (db) => {
        const before = await getAccess(db, id, userId)
        if (userId !== caller.user_id) assertHeld(caller, target, keysOf(before))
        await store.deleteAccess(db, id, userId)
        const details = { with: before.email }
        await audit(db, { ...byCaller(caller), action: 'instance.unshared', subject: subjectOf(target), details })
      })
      await changed(target, userId)
    },
  }
}
export type AccessService = ReturnType<typeof createAccessService>
