import {
  type InstancePermission,
  instancePermissions,
  ownedPermissions,
  type Permission,
  type Role,
  rolePermissions,
  type WorkloadPermission,
  workloadPermissions,
} from '#contract/permissions'
import { forbidden } from '#server/errors'
import type { Caller } from './caller.ts'

export type Rights = Pick<Caller, 'permissions' | 'everywhere' | 'own' | 'shared'>
/** What rights for one object are judged by. */
export type Holder = Pick<Caller, 'user_id' | 'everywhere' | 'own' | 'shared'>
type Sources = {
  role: Role | null
  isPlatformAdmin: boolean
  effects: readonly { key: string; effect: 'grant' | 'deny' }[]
  shares: readonly { instance_id: string; permissions: string }[]
  /** Null: everything. */
  scopes: ReadonlySet<string> | null
}
const owned = new Set(ownedPermissions)

/**
 * What somebody may do in an organization: the role, then what was granted or denied to them, then what is shared with them. A
 * token's scopes cut all of it. A share speaks of one server, so it is not touched by a denial.
 */
export function rightsOf({ role, isPlatformAdmin, effects, shares, scopes }: Sources): Rights {
  const within = <K extends string>(keys: Iterable<K>) =>
    new Set([...keys].filter((key) => scopes === null || scopes.has(key)))
  const granted = effects.filter(({ effect }) => effect === 'grant').map(({ key }) => key as Permission)
  const denied = new Set(effects.filter(({ effect }) => effect === 'deny').map(({ key }) => key))
  const byRole = role ? rolePermissions[role].filter((key) => role === 'owner' || !denied.has(key)) : []
  const everywhere = within([...byRole.filter((key) => role !== 'user' || !owned.has(key)), ...granted])
  const own = within([...byRole, ...granted])
  const shared = new Map(
    role === null
      ? []
      : shares.map(({ instance_id, permissions }) => [instance_id, within(JSON.parse(permissions) as never[])]),
  ) as Rights['shared']
  const permissions = new Set<Permission>([...everywhere, ...own, ...[...shared.values()].flatMap((set) => [...set])])
  if (isPlatformAdmin) for (const key of within(['platform.admin'])) permissions.add(key)
  return { permissions, everywhere, own, shared }
}

type Made = { created_by: string | null }

/** Whether the caller holds a right for one object that somebody made. */
export const mayFor = (caller: Holder, permission: Permission, { created_by }: Made): boolean =>
  caller.everywhere.has(permission) || (created_by === caller.user_id && caller.own.has(permission))

/** The same for a server, which can also be shared. */
export const mayOnInstance = (
  caller: Holder,
  permission: InstancePermission,
  instance: Made & { id: string },
): boolean => mayFor(caller, permission, instance) || (caller.shared.get(instance.id)?.has(permission) ?? false)

/** Everything the caller may do with one server, so that a page offers just that. */
export const instanceRights = (caller: Holder, instance: Made & { id: string }): InstancePermission[] =>
  instancePermissions.filter((key) => mayOnInstance(caller, key, instance))

/** The same of a workload. */
export const workloadRights = (caller: Holder, workload: Made): WorkloadPermission[] =>
  workloadPermissions.filter((key) => mayFor(caller, key, workload))

export const missing = (permission: Permission, caller?: Pick<Caller, 'credential'>) =>
  forbidden(
    'missing_permission',
    caller?.credential === 'token'
      ? `This API token may not do ${permission}. Use one whose scopes include it, and whose owner has that permission.`
      : `You need the permission ${permission} for this. Ask an administrator of your organization.`,
  )

/** Which servers of the organization the caller sees: null is all of them. */
export type Visibility = { user_id: string | null; shared: readonly string[] } | null
export const visibilityOf = ({ everywhere, own, shared, user_id }: Caller): Visibility =>
  everywhere.has('instances.view')
    ? null
    : {
        user_id: own.has('instances.view') ? user_id : null,
        shared: [...shared].filter(([, keys]) => keys.has('instances.view')).map(([id]) => id),
      }
