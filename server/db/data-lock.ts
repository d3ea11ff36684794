import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'

export class DataInUseError extends Error {}

/** A database that nobody refers to is collected and closed, and its lock with it. */
const held = new Set<SqliteDatabase.Database>()

/**
 * One server for a data folder: two that write one database's neighbours, or a restore under a running server, would destroy data.
 * The lock is SQLite's own on a file that is empty for ever: the system lets go of it when its holder ends, however that happens,
 * and it holds between containers, where numbers of processes say nothing. The number beside it is for people.
 */
export function lockData(dataDir: string): () => void {
  const note = join(dataDir, 'server.pid')
  const lock = new SqliteDatabase(join(dataDir, 'server.lock'), { timeout: 0 })
  try {
    lock.exec('begin exclusive')
  } catch (error) {
    lock.close()
    if (!(error as { code?: string }).code?.startsWith('SQLITE_BUSY')) throw error
    let pid = ''
    try {
      pid = ` (process ${readFileSync(note, 'utf8').trim()})`
    } catch {
      // It has just begun or is just ending.
    }
    throw new DataInUseError(
      `Another Shardlyn server${pid} is using ${dataDir}. Stop it first, or choose another folder with --data-dir.`,
    )
  }
  held.add(lock)
  writeFileSync(note, `${process.pid}\n`, { mode: 0o600 })
  return () => {
    held.delete(lock)
    rmSync(note, { force: true })
    lock.close()
  }
}
