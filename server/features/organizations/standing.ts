import { type Permission, type Role, rolePermissions } from '#contract/permissions'
import { ownedPermissions } from '#contract/permissions'
import { listEffects, listShares } from '#server/db/member-rights'
import type { Db } from '#server/db/schema'
import { forbidden, notFound } from '#server/errors'
import type { Caller } from '#server/http/caller'
import { type Holder, missing, rightsOf } from '#server/http/rights'
import * as store from './store.ts'

/** Who somebody is in an organization at this moment, read where the decision is made. */
export type Standing = Holder & {
  email: string
  role: Role
  suspended: boolean
  permissions: ReadonlySet<Permission>
  effects: readonly { key: string; effect: 'grant' | 'deny' }[]
}

export async function standingOf(db: Db, organization_id: string, user_id: string): Promise<Standing | undefined> {
  const member = await store.findMember(db, organization_id, user_id)
  if (!member) return undefined
  const { email, role, suspended_at } = member
  const effects = await listEffects(db, organization_id, user_id)
  const shares = await listShares(db, organization_id, user_id)
  const rights = rightsOf({ role, isPlatformAdmin: false, effects, shares, scopes: null })
  return { user_id, email, role, suspended: suspended_at !== null, effects, ...rights }
}

const both = <K>(some: ReadonlySet<K>, others: ReadonlySet<K>) => new Set([...some].filter((key) => others.has(key)))

/** The caller as they stand now, within what the door let in: a token's scopes go on cutting. */
export async function actorOf(db: Db, caller: Caller, right?: Permission): Promise<Standing> {
  const standing = await standingOf(db, caller.organization_id, caller.user_id)
  if (!standing) throw notFound('organization_not_found', 'There is no such organization.')
  const shared = [...standing.shared].map(
    ([id, keys]) => [id, both(keys, caller.shared.get(id) ?? new Set<never>())] as const,
  )
  const actor = {
    ...standing,
    permissions: both(standing.permissions, caller.permissions),
    everywhere: both(standing.everywhere, caller.everywhere),
    own: both(standing.own, caller.own),
    shared: new Map(shared),
  }
  if (right && !actor.permissions.has(right)) throw missing(right)
  return actor
}

const rank: Record<Role, number> = { owner: 2, admin: 1, user: 0 }
export const isAbove = (one: { role: Role }, other: { role: Role }): boolean => rank[one.role] > rank[other.role]

const owned = new Set(ownedPermissions)

/** The first right that a role, less some denials, would give beyond what somebody holds; undefined when there is none. */
export function rightBeyond(
  holder: Pick<Standing, 'role' | 'everywhere' | 'own'>,
  role: Role,
  denials: ReadonlySet<string>,
): Permission | undefined {
  const given = rolePermissions[role].filter((key) => !denials.has(key))
  return given.find((key) => (role === 'user' && owned.has(key) ? !holder.own.has(key) : !holder.everywhere.has(key)))
}

export const beyond = (key: string) =>
  forbidden('beyond_own_rights', `You cannot give ${key}, because you do not hold it yourself. Ask the owner.`)
