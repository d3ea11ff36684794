import type { InstancePermission } from '#contract/permissions'
import { type Clock, isoNow } from '#server/clock'
import type { Db } from '#server/db/schema'
import * as store from './store.ts'

/** How many people one server can be shared with. */
export const MAX_PEOPLE = 100

type Share = { instance_id: string; user_id: string; permissions: readonly InstancePermission[]; created_by: string }

/** `instances.view` comes with every share, and each key is there once, in one order. */
export const withView = (permissions: readonly InstancePermission[]): InstancePermission[] =>
  [...new Set<InstancePermission>(['instances.view', ...permissions])].sort()

/** Shares a server inside a transaction. Tells why it did not: there are too many, it is shared already, or the server is gone. */
export const createSharing =
  (clock: Clock) =>
  async (db: Db, { permissions, ...share }: Share): Promise<'shared' | 'full' | 'already' | 'gone'> => {
    if (!(await store.takeTurn(db, share.instance_id))) return 'gone'
    if (await store.findAccess(db, share.instance_id, share.user_id)) return 'already'
    if ((await store.countAccess(db, share.instance_id)) >= MAX_PEOPLE) return 'full'
    const now = isoNow(clock)
    await store.insertAccess(db, {
      ...share,
      permissions: JSON.stringify(withView(permissions)),
      created_at: now,
      updated_at: now,
    })
    return 'shared'
  }
export type Sharing = ReturnType<typeof createSharing>
