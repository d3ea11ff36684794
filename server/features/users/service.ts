import type { Input, Output } from '#contract/operation'
import type { createUser, listUsers, updateUser } from '#contract/users'
import { isoNow } from '#server/clock'
import { inTransaction } from '#server/db/open'
import { fromCursor, likePattern, toPage } from '#server/db/page'
import { conflict } from '#server/errors'
import type { Caller } from '#server/http/caller'
import { byAdministrator, changed, type Deps, lastAdministrator } from './deps.ts'
import { createEnding } from './ending.ts'
import * as store from './store.ts'
import { getRow, getUser, shown, subjectOf } from './view.ts'

/** Accounts, as platform administrators manage them. */
export function createUserService(deps: Deps) {
  const { db, clock, audit, publish, accounts } = deps

  return {
    ...createEnding(deps),

    async list(query: Input<typeof listUsers>['query']): Promise<Output<typeof listUsers>> {
      const { search, platform_role, state, cursor, limit = 50 } = query
      const rows = await store.listUsers(db, {
        search: search === undefined ? undefined : likePattern(search.trim().toLowerCase()),
        platform_role,
        state,
        before: fromCursor(cursor),
        limit,
      })
      const { items, next_cursor } = toPage(rows, limit)
      return { items: await shown(db, items), next_cursor }
    },

    get: (id: string) => getUser(db, id),

    async create(
      caller: Caller,
      { email, password, platform_role = 'user' }: Input<typeof createUser>['body'],
    ): Promise<Output<typeof createUser>> {
      const { ip } = caller
      const password_hash = password === undefined ? null : await accounts.hashPassword(password, email, ip)
      const made = await inTransaction(db, async (db) => {
        const { id } = await accounts.create(db, { email, password_hash, platform_role }, ip)
        const user = await getUser(db, id)
        await audit(db, {
          ...byAdministrator(caller),
          action: 'user.created',
          subject: subjectOf(user),
          details: { platform_role },
        })
        const link = password === undefined ? (await accounts.resetLink(db, id, ip)).link : null
        return { ...user, link }
      })
      publish(changed(caller))
      return made
    },

    async update(caller: Caller, id: string, { platform_role }: Input<typeof updateUser>['body']) {
      const user = await inTransaction(db, async (db) => {
        const before = await getRow(db, id)
        if (before.platform_role === platform_role) return getUser(db, id)
        if (!(await store.setRole(db, id, platform_role, isoNow(clock)))) throw lastAdministrator()
        await audit(db, {
          ...byAdministrator(caller),
          action: 'user.role_changed',
          subject: subjectOf(before),
          details: { from: before.platform_role, to: platform_role },
        })
        return getUser(db, id)
      })
      await deps.live.recheckUser(id)
      publish(changed(caller))
      return user
    },

    /** Good once. Links that were made before end with it. */
    async createResetLink(caller: Caller, id: string): Promise<{ link: string; expires_at: string }> {
      return inTransaction(db, async (db) => {
        const user = await getRow(db, id)
        if (user.suspended_at !== null) {
          throw conflict('suspended', 'This account is suspended. Let them in again first.')
        }
        const { link, expires_at } = await accounts.resetLink(db, id, caller.ip)
        await audit(db, {
          ...byAdministrator(caller),
          action: 'user.reset_link_created',
          subject: subjectOf(user),
          details: { expires_at },
        })
        return { link, expires_at }
      })
    },
  }
}
export type UserService = ReturnType<typeof createUserService>
