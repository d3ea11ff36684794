import type { Db } from '#server/db/schema'

export type TerminalKind = 'terminal' | 'ssh'
export interface TerminalSessionsTable {
  id: string
  organization_id: string
  node_id: string
  kind: TerminalKind
  user_id: string | null
  email: string
  login: string
  ip: string | null
  started_at: string
  ended_at: string | null
  end_reason: string | null
  bytes: number
  /** Its name in the folder of recordings; null once there is none. */
  recording_file: string | null
  /** Null while it is being recorded, too. */
  recording_bytes: number | null
}

export const insertSession = (
  db: Db,
  row: Omit<TerminalSessionsTable, 'ended_at' | 'end_reason' | 'bytes' | 'recording_bytes'>,
) =>
  db
    .insertInto('terminal_sessions')
    .values({ ...row, ended_at: null, end_reason: null, bytes: 0, recording_bytes: null })
    .execute()

export const endSession = (
  db: Db,
  id: string,
  end: { ended_at: string; end_reason: string; bytes: number; recording_bytes: number | null },
) => db.updateTable('terminal_sessions').set(end).where('id', '=', id).where('ended_at', 'is', null).execute()

/** Those that were open when we ended. */
export const listOpen = (db: Db) =>
  db
    .selectFrom('terminal_sessions')
    .innerJoin('nodes', 'nodes.id', 'terminal_sessions.node_id')
    .select(['terminal_sessions.id', 'terminal_sessions.organization_id', 'node_id', 'kind', 'recording_file', 'email'])
    .select('nodes.name as node_name')
    .where('ended_at', 'is', null)
    .execute()

const columns = [
  'terminal_sessions.id',
  'terminal_sessions.node_id',
  'nodes.name as node_name',
  'terminal_sessions.kind',
  'terminal_sessions.user_id',
  'terminal_sessions.email',
  'terminal_sessions.login',
  'terminal_sessions.ip',
  'terminal_sessions.started_at',
  'terminal_sessions.ended_at',
  'terminal_sessions.end_reason',
  'terminal_sessions.bytes',
  'terminal_sessions.recording_bytes',
] as const

export const listSessions = (db: Db, filter: { node_id: string; before?: string | undefined; limit: number }) =>
  db
    .selectFrom('terminal_sessions')
    .innerJoin('nodes', 'nodes.id', 'terminal_sessions.node_id')
    .select(columns)
    .where('terminal_sessions.node_id', '=', filter.node_id)
    .$if(filter.before !== undefined, (query) => query.where('terminal_sessions.id', '<', filter.before ?? ''))
    .orderBy('terminal_sessions.id', 'desc')
    .limit(filter.limit + 1)
    .execute()

export const findRecording = (db: Db, node_id: string, id: string) =>
  db
    .selectFrom('terminal_sessions')
    .select(['recording_file', 'recording_bytes', 'email', 'started_at'])
    .where('node_id', '=', node_id)
    .where('id', '=', id)
    .where('ended_at', 'is not', null)
    .where('recording_file', 'is not', null)
    .executeTakeFirst()

export const forgetRecording = (db: Db, id: string) =>
  db
    .updateTable('terminal_sessions')
    .set({ recording_file: null, recording_bytes: null })
    .where('id', '=', id)
    .where('recording_file', 'is not', null)
    .executeTakeFirst()

export const listRecordings = (db: Db) =>
  db
    .selectFrom('terminal_sessions')
    .select('recording_file')
    .where('recording_file', 'is not', null)
    .$narrowType<{ recording_file: string }>()
    .execute()

/** Sessions that ended before a moment, with what was recorded of them. */
export const deleteEndedBefore = (db: Db, before: string) =>
  db.deleteFrom('terminal_sessions').where('ended_at', '<', before).execute()
