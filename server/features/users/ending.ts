import { listMembers } from '#contract/members'
import type { User } from '#contract/users'
import { isoNow } from '#server/clock'
import { inTransaction } from '#server/db/open'
import type { Db } from '#server/db/schema'
import { conflict } from '#server/errors'
import type { Caller } from '#server/http/caller'
import { assertSomebodyElse, byAdministrator, changed, type Deps, lastAdministrator } from './deps.ts'
import * as store from './store.ts'
import { getRow, getUser, subjectOf } from './view.ts'

const openSteps = ['reset', 'mfa', 'passkey_create', 'oauth', 'sign_in_code'] as const

const count = (n: number, one: string) => (n === 1 ? `one ${one}` : `${n} ${one}s`)

/** Taking somebody's way in away, for a while or for good. */
export function createEnding({ db, clock, audit, publish, challenges, mail, live }: Deps) {
  /** Links and half-finished sign-ins, which would open what was closed. */
  async function endOpenSteps(db: Db, userId: string): Promise<void> {
    for (const { token_hash } of await store.listResetHashes(db, userId)) await mail.forgetLink(db, token_hash)
    for (const kind of openSteps) await challenges.end(db, userId, kind)
  }

  /** Own organizations that nobody and nothing else is in go with their owner; others must be handed over first. */
  async function endOrganizations(db: Db, userId: string): Promise<string[]> {
    const owned = await store.listOwned(db, userId)
    for (const { name, members, machines, servers } of owned) {
      const holds = [
        ...(members > 0 ? [count(members, 'other member')] : []),
        ...(machines > 0 ? [count(machines, 'machine')] : []),
        ...(servers > 0 ? [count(servers, 'server')] : []),
      ]
      if (holds.length > 0) {
        const what = holds.join(', ').replace(/, ([^,]+)$/, ' and $1')
        throw conflict(
          'owns_organization',
          `They own ${name}, which has ${what}. It must be handed over or deleted first.`,
        )
      }
    }
    for (const { id } of owned) {
      for (const { token_hash } of await store.listInviteHashes(db, id)) await mail.forgetLink(db, token_hash)
      await store.deleteOrganization(db, id)
    }
    return owned.map(({ id }) => id)
  }

  return {
    /** From now on nothing of theirs works: sessions, tokens, sockets, transfers, links, half-finished sign-ins. */
    async suspend(caller: Caller, id: string): Promise<User> {
      assertSomebodyElse(caller, id)
      const user = await inTransaction(db, async (db) => {
        const before = await getRow(db, id)
        if (before.suspended_at !== null) return getUser(db, id)
        const now = isoNow(clock)
        if (!(await store.suspend(db, id, now))) throw lastAdministrator()
        await store.endSessions(db, id, now, 'suspended')
        await endOpenSteps(db, id)
        await audit(db, { ...byAdministrator(caller), action: 'user.suspended', subject: subjectOf(before) })
        return getUser(db, id)
      })
      live.endUser(id)
      publish(changed(caller))
      return user
    },

    async unsuspend(caller: Caller, id: string): Promise<User> {
      const user = await inTransaction(db, async (db) => {
        const before = await getRow(db, id)
        if (before.suspended_at === null) return getUser(db, id)
        await store.unsuspend(db, id, isoNow(clock))
        await audit(db, { ...byAdministrator(caller), action: 'user.unsuspended', subject: subjectOf(before) })
        return getUser(db, id)
      })
      publish(changed(caller))
      return user
    },

    async remove(caller: Caller, id: string): Promise<void> {
      assertSomebodyElse(caller, id)
      const left = await inTransaction(db, async (db) => {
        const user = await getUser(db, id)
        const gone = await endOrganizations(db, id)
        await endOpenSteps(db, id)
        if (!(await store.deleteUser(db, id))) throw lastAdministrator()
        await audit(db, {
          ...byAdministrator(caller),
          action: 'user.deleted',
          subject: subjectOf(user),
          details: { organizations_deleted: gone },
        })
        return user.organizations.filter((organization) => !gone.includes(organization.id))
      })
      live.endUser(id)
      publish(changed(caller))
      for (const { id } of left) publish({ organization_id: id, kind: 'member.removed', stale: [listMembers] })
    },
  }
}
