import type { Db } from './schema.ts'

/** What was granted or denied to a member. */
export const listEffects = (db: Db, organization_id: string, user_id: string) =>
  db
    .selectFrom('member_permissions')
    .select(['key', 'effect'])
    .where('organization_id', '=', organization_id)
    .where('user_id', '=', user_id)
    .orderBy('key')
    .execute()

/** The servers of an organization that are shared with somebody. */
export const listShares = (db: Db, organization_id: string, user_id: string) =>
  db
    .selectFrom('instance_access')
    .innerJoin('instances', 'instances.id', 'instance_access.instance_id')
    .select(['instance_access.instance_id', 'instance_access.permissions'])
    .where('instance_access.user_id', '=', user_id)
    .where('instances.organization_id', '=', organization_id)
    .execute()
