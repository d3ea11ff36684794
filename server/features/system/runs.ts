import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { getSystemBackupConfig, type SystemBackup, type SystemBackupSettings } from '#contract/system'
import { getAdminMetrics } from '#contract/admin'
import { type Audit, byCaller } from '#server/audit'
import { exists, reasonOf } from '#server/backup/files'
import { readManifest, removeBackup } from '#server/backup/manifest'
import { partialOf, type Source, writeBackup } from '#server/backup/write'
import { type Clock, isoNow } from '#server/clock'
import { inTransaction } from '#server/db/open'
import type { Db } from '#server/db/schema'
import { conflict } from '#server/errors'
import type { Publish } from '#server/events'
import type { Caller } from '#server/http/caller'
import { newId } from '#server/ids'
import type { Log } from '#server/log'
import { version } from '#server/version'
import { nameOf } from './folder.ts'
import * as store from './store.ts'

export type RunDeps = {
  db: Db
  clock: Clock
  log: Log
  audit: Audit
  publish: Publish
  sources: readonly Source[]
  masterKey: Buffer
}
type Settings = SystemBackupSettings & { folder: string }

/** Failed ones have no files; the newest tell what is wrong. */
const KEEP_FAILED = 20
const INTERRUPTED = 'The server stopped while it was being written.'
const system = { type: 'system' as const, id: null, name: null }
const subjectOf = (id: string, path: string) => ({ type: 'system_backup', id, name: path })

/** Writing backups, one at a time, and clearing away what is older than the newest few. */
export function createRuns({ db, clock, log, audit, publish, sources, masterKey }: RunDeps) {
  const stop = new AbortController()
  let isBusy = false
  let work: Promise<void> = Promise.resolve()

  const tell = (caller: Caller | null) => {
    if (!caller) return
    publish({
      organization_id: caller.organization_id,
      kind: 'system_backup.changed',
      stale: [getSystemBackupConfig, getAdminMetrics],
    })
  }

  async function tidy(keep: number): Promise<void> {
    for (const { id, path } of await store.listBeyond(db, 'done', keep)) {
      if (await removeBackup(path, id)) await store.deleteBackup(db, id)
      else log.warn({ path }, 'an old backup was not deleted: its folder is another one now')
    }
    for (const { id } of await store.listBeyond(db, 'failed', KEEP_FAILED)) await store.deleteBackup(db, id)
  }

  async function finish({ id, path }: SystemBackup, end: { bytes: number } | { error: string }): Promise<void> {
    const error = 'error' in end ? end.error : null
    await inTransaction(db, async (db) => {
      await store.finishBackup(db, id, {
        state: error === null ? 'done' : 'failed',
        bytes: 'bytes' in end ? end.bytes : null,
        error,
        finished_at: isoNow(clock),
      })
      await audit(db, {
        organization_id: null,
        actor: system,
        action: error === null ? 'system_backup.written' : 'system_backup.failed',
        subject: subjectOf(id, path),
        outcome: error === null ? 'done' : 'failed',
        reason: error,
      })
    })
  }

  async function write(row: SystemBackup, settings: Settings): Promise<void> {
    const folder = dirname(row.path)
    try {
      const done = await writeBackup({
        id: row.id,
        path: row.path,
        sources,
        masterKey,
        includeKey: settings.include_master_key,
        appVersion: version,
        now: row.started_at,
        signal: stop.signal,
      })
      await finish(row, done)
    } catch (error) {
      log.error({ err: error, path: row.path }, 'a backup of the control plane failed')
      await finish(row, { error: reasonOf(error, folder) })
      return
    }
    await tidy(settings.keep).catch((error: unknown) => log.error({ err: error }, 'old backups could not be deleted'))
  }

  async function freePath(folder: string): Promise<string> {
    const path = join(folder, nameOf(clock.now()))
    for (let n = 1; ; n++) {
      const candidate = n === 1 ? path : `${path}-${n}`
      if (!(await exists(candidate)) && !(await exists(partialOf(candidate)))) return candidate
    }
  }

  return {
    isBusy: () => isBusy,

    /** Answers when it has begun. */
    async begin(trigger: SystemBackup['trigger'], settings: Settings, caller: Caller | null): Promise<SystemBackup> {
      if (stop.signal.aborted) throw conflict('stopping', 'The server is stopping. Try again when it is back.')
      if (isBusy) throw conflict('backup_running', 'A backup is being written already. Wait until it is done.')
      isBusy = true
      try {
        const row: SystemBackup = {
          id: newId(clock.now()),
          state: 'running',
          trigger,
          path: await freePath(settings.folder),
          bytes: null,
          error: null,
          started_at: isoNow(clock),
          finished_at: null,
        }
        await inTransaction(db, async (db) => {
          await store.insertBackup(db, row)
          await audit(db, {
            ...(caller ? byCaller(caller) : { organization_id: null, actor: system }),
            action: 'system_backup.created',
            subject: subjectOf(row.id, row.path),
            details: { trigger },
          })
        })
        work = write(row, settings)
          .catch((error: unknown) => log.error({ err: error }, 'the end of a backup could not be recorded'))
          .finally(() => {
            isBusy = false
            tell(caller)
          })
        tell(caller)
        return row
      } catch (error) {
        isBusy = false
        throw error
      }
    },

    /** After our start: what was under way is judged by what is on the disk. */
    async recover(): Promise<void> {
      for (const { id, path, started_at } of await store.listRunning(db)) {
        const manifest = await readManifest(path)
        if (manifest?.id === id) {
          const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0)
          await store.finishBackup(db, id, { state: 'done', bytes, error: null, finished_at: started_at })
          continue
        }
        await rm(partialOf(path), { recursive: true, force: true })
        await store.finishBackup(db, id, {
          state: 'failed',
          bytes: null,
          error: INTERRUPTED,
          finished_at: isoNow(clock),
        })
      }
    },
    settled: () => work,
    async close(): Promise<void> {
      stop.abort()
      await work
    },
  }
}
export type Runs = ReturnType<typeof createRuns>
