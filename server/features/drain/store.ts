import type { Db } from '#server/db/schema'

/** Whether a machine takes new servers, and whether it is being emptied. Undefined when it was so already. */
export const setUse = (db: Db, id: string, { cordoned, draining }: { cordoned: boolean; draining: boolean }) =>
  db
    .updateTable('nodes')
    .set({ cordoned: cordoned ? 1 : 0, draining: draining ? 1 : 0 })
    .where('id', '=', id)
    .where((eb) => eb.or([eb('cordoned', '!=', cordoned ? 1 : 0), eb('draining', '!=', draining ? 1 : 0)]))
    .returning('id')
    .executeTakeFirst()

/** Drainings of a machine of which something is still moving. */
export const listDrainsUnderWay = async (db: Db, nodeId: string): Promise<string[]> =>
  (
    await db
      .selectFrom('migrations')
      .select('drain_id')
      .distinct()
      .where('source_node_id', '=', nodeId)
      .where('drain_id', 'is not', null)
      .where('state', 'not in', ['done', 'failed', 'cancelled'])
      .execute()
  ).flatMap(({ drain_id }) => drain_id ?? [])
