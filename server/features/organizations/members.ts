import { getMe } from '#contract/auth'
import { getInstance, listInstances } from '#contract/instances'
import type { Input, Output } from '#contract/operation'
import {
  getMemberPermissions,
  listMembers,
  type Member,
  type MemberPermissions,
  type setMemberPermission,
} from '#contract/members'
import { listInvites } from '#contract/invites'
import { listOrganizations } from '#contract/organizations'
import { type Permission, permissions, rolePermissions } from '#contract/permissions'
import { getWorkload, listWorkloads } from '#contract/workloads'
import { byCaller } from '#server/audit'
import { isoNow } from '#server/clock'
import { inTransaction } from '#server/db/open'
import { fromCursor, likePattern, toPage } from '#server/db/page'
import type { Db } from '#server/db/schema'
import { conflict, forbidden, notFound } from '#server/errors'
import type { Caller } from '#server/http/caller'
import { missing } from '#server/http/rights'
import type { Deps } from './deps.ts'
import { dropInvites } from './inviter.ts'
import * as members from './members/store.ts'
import { actorOf, beyond, isAbove, rightBeyond, type Standing, standingOf } from './standing.ts'
import * as store from './store.ts'

const keys = (Object.keys(permissions) as Permission[]).filter((key) => key !== 'platform.admin')

const toMember = (row: members.MemberRow, effects: Awaited<ReturnType<typeof members.listEffectsOf>>): Member => ({
  user_id: row.id,
  email: row.email,
  role: row.role,
  mfa_enabled: Boolean(row.mfa_enabled),
  suspended: row.suspended_at !== null,
  grants: effects.filter(({ user_id, effect }) => user_id === row.id && effect === 'grant').map(({ key }) => key),
  denials: effects.filter(({ user_id, effect }) => user_id === row.id && effect === 'deny').map(({ key }) => key),
  shared_instances: Number(row.shared_instances ?? 0),
  joined_at: row.joined_at,
  last_seen_at: row.last_seen_at,
})

const toPermissions = ({ user_id, role, everywhere, own, effects }: Standing): MemberPermissions => ({
  user_id,
  role,
  items: keys.map((key) => ({
    key,
    by_role: rolePermissions[role].includes(key),
    effect: effects.find((effect) => effect.key === key)?.effect ?? null,
    effective: everywhere.has(key) ? 'all' : own.has(key) ? 'own' : 'none',
  })),
})

const memberNotFound = () => notFound('member_not_found', 'There is no such member.')
const subjectOf = ({ user_id, email }: Standing) => ({ type: 'member', id: user_id, name: email })

/** Members of an organization: their roles, what is granted or denied to them, and how they leave. */
export function createMembers({ db, clock, audit, publish, live, mail }: Deps) {
  /** As two members stand now, one change at a time in an organization. */
  async function pair(db: Db, caller: Caller, userId: string, right?: Permission) {
    await store.takeTurn(db, caller.organization_id)
    const actor = await actorOf(db, caller, right)
    const target = await standingOf(db, caller.organization_id, userId)
    if (!target) throw memberNotFound()
    return { actor, target }
  }

  /** Nobody changes oneself, the owner, or somebody of the same role. */
  function assertBelow(actor: Standing, target: Standing): void {
    if (target.user_id === actor.user_id) {
      throw forbidden('not_on_oneself', 'Nobody changes their own role or rights. Ask the owner.')
    }
    if (target.role === 'owner') {
      throw forbidden('owner_is_fixed', 'The owner can only be changed by handing the organization over.')
    }
    if (!isAbove(actor, target)) {
      throw forbidden('role_too_low', 'Only somebody with a higher role than this member may do this.')
    }
  }

  async function changed(organization_id: string, userId: string, kind: string): Promise<void> {
    await live.recheckUser(userId)
    const stale = [
      listMembers,
      getMemberPermissions,
      listInvites,
      getMe,
      listOrganizations,
      listInstances,
      getInstance,
      listWorkloads,
      getWorkload,
    ]
    publish({ organization_id, kind, subject: { type: 'member', id: userId }, stale })
  }

  async function show(db: Db, organization_id: string, userId: string): Promise<Member> {
    const [row] = await members.listMembers(db, { organization_id, user_id: userId, limit: 1 })
    if (!row) throw memberNotFound()
    return toMember(row, await members.listEffectsOf(db, organization_id, [userId]))
  }

  /** Changes what somebody may do, in one transaction with what follows from it. */
  async function changeRights(
    caller: Caller,
    userId: string,
    work: (db: Db, actor: Standing, target: Standing) => Promise<{ action: string; details: object } | undefined>,
  ): Promise<void> {
    const { organization_id } = caller
    await inTransaction(db, async (db) => {
      const { actor, target } = await pair(db, caller, userId, 'members.update')
      assertBelow(actor, target)
      const done = await work(db, actor, target)
      if (!done) return
      await dropInvites(db, { mail, clock }, organization_id, userId)
      await audit(db, { ...byCaller(caller), ...done, subject: subjectOf(target) })
    })
    await changed(organization_id, userId, 'member.changed')
  }

  async function permissionsOf(organization_id: string, userId: string): Promise<MemberPermissions> {
    const standing = await standingOf(db, organization_id, userId)
    if (!standing) throw memberNotFound()
    return toPermissions(standing)
  }

  return {
    async list(
      { organization_id }: Caller,
      { cursor, limit = 50, search }: Input<typeof listMembers>['query'],
    ): Promise<Output<typeof listMembers>> {
      const rows = await members.listMembers(db, {
        organization_id,
        search: search === undefined ? undefined : likePattern(search),
        after: fromCursor(cursor),
        limit,
      })
      const { items, next_cursor } = toPage(rows, limit)
      const ids = items.map(({ id }) => id)
      const effects = await members.listEffectsOf(db, organization_id, ids)
      return { items: items.map((row) => toMember(row, effects)), next_cursor }
    },

    async updateRole(caller: Caller, userId: string, role: 'admin' | 'user'): Promise<Member> {
      await changeRights(caller, userId, async (db, actor, target) => {
        if (target.role === role) return undefined
        const denied = target.effects.filter(({ effect }) => effect === 'deny').map(({ key }) => key)
        const tooMuch = rightBeyond(actor, role, new Set(denied))
        if (role === 'admin' && tooMuch) throw beyond(tooMuch)
        await store.changeRole(db, caller.organization_id, userId, target.role, role)
        return { action: 'member.role_changed', details: { from: target.role, to: role } }
      })
      return show(db, caller.organization_id, userId)
    },

    async permissions(caller: Caller, userId: string): Promise<MemberPermissions> {
      if (userId !== caller.user_id && !caller.permissions.has('members.view')) throw missing('members.view')
      return permissionsOf(caller.organization_id, userId)
    },

    async setPermission(
      caller: Caller,
      userId: string,
      { key, effect }: Input<typeof setMemberPermission>['body'],
    ): Promise<MemberPermissions> {
      const { organization_id } = caller
      await changeRights(caller, userId, async (db, actor, target) => {
        if (effect === 'grant' && !actor.everywhere.has(key)) throw beyond(key)
        if (target.effects.some((set) => set.key === key && set.effect === effect)) return undefined
        const row = { organization_id, user_id: userId, key, effect }
        await members.setEffect(db, { ...row, created_by: caller.user_id, created_at: isoNow(clock) })
        return { action: `member.${effect === 'grant' ? 'granted' : 'denied'}`, details: { key } }
      })
      return permissionsOf(organization_id, userId)
    },

    async removePermission(caller: Caller, userId: string, key: Permission): Promise<MemberPermissions> {
      const { organization_id } = caller
      await changeRights(caller, userId, async (db, actor, target) => {
        const set = target.effects.find((effect) => effect.key === key)
        if (!set) throw notFound('permission_not_set', 'Nothing is granted or denied to this member by that key.')
        // Where a denial ends the role gives again what it takes, so it is a gift.
        const isGift = set.effect === 'deny' && rolePermissions[target.role].includes(key)
        if (isGift && !actor.everywhere.has(key)) throw beyond(key)
        await members.deleteEffect(db, organization_id, userId, key)
        return { action: 'member.permission_removed', details: { key, effect: set.effect } }
      })
      return permissionsOf(organization_id, userId)
    },

    /** Leaving needs no right. What they made stays and belongs to the owner. */
    async remove(caller: Caller, userId: string): Promise<void> {
      const { organization_id } = caller
      const isLeaving = userId === caller.user_id
      await inTransaction(db, async (db) => {
        const { actor, target } = await pair(db, caller, userId, isLeaving ? undefined : 'members.remove')
        if (!isLeaving) assertBelow(actor, target)
        else if (target.role === 'owner') {
          throw conflict('owner_must_transfer', 'Hand the organization over to somebody else first, or delete it.')
        }
        const { user_id: heir } = await members.findOwner(db, organization_id)
        await members.deleteMember(db, organization_id, userId, heir)
        await dropInvites(db, { mail, clock }, organization_id, userId)
        await store.moveDefaults(db, organization_id, userId)
        const action = isLeaving ? 'member.left' : 'member.removed'
        await audit(db, { ...byCaller(caller), action, subject: subjectOf(target), details: { role: target.role } })
      })
      await changed(organization_id, userId, 'member.removed')
    },
  }
}
