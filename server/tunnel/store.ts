import type { Db } from '#server/db/schema'

/** Begins a session: the epoch fences every earlier one. Undefined when the machine is gone. */
export const beginEpoch = (db: Db, nodeId: string) =>
  db
    .updateTable('nodes')
    .set((eb) => ({ epoch: eb('epoch', '+', 1) }))
    .where('id', '=', nodeId)
    .returning(['epoch', 'event_seq', 'name', 'organization_id'])
    .executeTakeFirst()

/** Notes an event as applied; undefined when it was already, or when a newer session has taken over. */
export const advanceEventSeq = (db: Db, nodeId: string, epoch: number, seq: number) =>
  db
    .updateTable('nodes')
    .set({ event_seq: seq })
    .where('id', '=', nodeId)
    .where('epoch', '=', epoch)
    .where('event_seq', '<', seq)
    .returning('id')
    .executeTakeFirst()

/** For an agent whose outbox began anew. */
export const rewindEventSeq = (db: Db, nodeId: string, epoch: number) =>
  db.updateTable('nodes').set({ event_seq: 0 }).where('id', '=', nodeId).where('epoch', '=', epoch).execute()

export const listNodeIds = async (db: Db) => (await db.selectFrom('nodes').select('id').execute()).map(({ id }) => id)

export const findNode = (db: Db, nodeId: string) =>
  db.selectFrom('nodes').select(['name', 'last_seen_at', 'epoch']).where('id', '=', nodeId).executeTakeFirst()
