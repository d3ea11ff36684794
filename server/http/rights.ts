import type { InstancePermission, Permission } from '#contract/permissions'
import { forbidden } from '#server/errors'
import type { Caller } from './caller.ts'

type Made = { created_by: string | null }

/** Whether the caller holds a right for one object that somebody made. */
export const mayFor = (caller: Caller, permission: Permission, { created_by }: Made): boolean =>
  caller.everywhere.has(permission) || (created_by === caller.user_id && caller.own.has(permission))

/** The same for a server, which can also be shared. */
export const mayOnInstance = (
  caller: Caller,
  permission: InstancePermission,
  instance: Made & { id: string },
): boolean => mayFor(caller, permission, instance) || (caller.shared.get(instance.id)?.has(permission) ?? false)

export const missing = (permission: Permission) =>
  forbidden(
    'missing_permission',
    `You need the permission ${permission} for this. Ask an administrator of your organization.`,
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
