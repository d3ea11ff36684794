import type { Db } from '#server/db/schema'

/** What a login to a machine is about, whoever asks. */
export const findMachine = (db: Db, id: string) =>
  db
    .selectFrom('nodes')
    .select(['id', 'organization_id', 'name', 'features', 'pinned_host_keys', 'records_terminals'])
    .where('id', '=', id)
    .executeTakeFirst()
export type MachineRow = NonNullable<Awaited<ReturnType<typeof findMachine>>>

/** Of certificates that people hold themselves: whose they are, and for which machine; null is any of the organization. */
export const findHeld = (db: Db, ids: readonly string[]) =>
  db
    .selectFrom('ssh_certificates')
    .select(['user_id', 'organization_id', 'node_id'])
    .where('id', 'in', [...ids])
    .where('purpose', '=', 'person')
    .execute()

/** Pins what a machine shows first. False where something is pinned already. */
export const pinFirst = async (db: Db, id: string, keys: readonly string[]): Promise<boolean> =>
  (await db
    .updateTable('nodes')
    .set({ pinned_host_keys: JSON.stringify(keys) })
    .where('id', '=', id)
    .where('pinned_host_keys', 'is', null)
    .returning('id')
    .executeTakeFirst()) !== undefined

export const pin = (db: Db, id: string, keys: readonly string[]) =>
  db
    .updateTable('nodes')
    .set({ pinned_host_keys: JSON.stringify(keys) })
    .where('id', '=', id)
    .execute()
