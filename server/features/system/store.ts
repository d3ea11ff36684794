import type { Insertable } from 'kysely'
import type { Db } from '#server/db/schema'

export interface SystemBackupsTable {
  id: string
  state: 'running' | 'done' | 'failed'
  trigger: 'schedule' | 'manual'
  path: string
  bytes: number | null
  error: string | null
  started_at: string
  finished_at: string | null
}

const SHOWN = 500

export const listBackups = (db: Db) =>
  db.selectFrom('system_backups').selectAll().orderBy('id', 'desc').limit(SHOWN).execute()

export const findNewest = (db: Db) =>
  db.selectFrom('system_backups').selectAll().orderBy('id', 'desc').limit(1).executeTakeFirst()

export const findBackup = (db: Db, id: string) =>
  db.selectFrom('system_backups').selectAll().where('id', '=', id).executeTakeFirst()

export const listRunning = (db: Db) =>
  db.selectFrom('system_backups').select(['id', 'path', 'started_at']).where('state', '=', 'running').execute()

/** Those of a state beyond the newest ones. */
export const listBeyond = (db: Db, state: 'done' | 'failed', keep: number) =>
  db
    .selectFrom('system_backups')
    .select(['id', 'path', 'state'])
    .where('state', '=', state)
    .orderBy('id', 'desc')
    .limit(1000)
    .offset(keep)
    .execute()

export const insertBackup = (db: Db, row: Insertable<SystemBackupsTable>) =>
  db.insertInto('system_backups').values(row).execute()

export const finishBackup = (
  db: Db,
  id: string,
  end: Pick<SystemBackupsTable, 'bytes' | 'error' | 'finished_at'> & { state: 'done' | 'failed' },
) => db.updateTable('system_backups').set(end).where('id', '=', id).execute()

/** Undefined when another request deleted it first. */
export const deleteBackup = (db: Db, id: string) =>
  db.deleteFrom('system_backups').where('id', '=', id).returning('id').executeTakeFirst()
