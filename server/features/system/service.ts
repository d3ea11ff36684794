import { resolve } from 'node:path'
import {
  getSystemBackupConfig,
  type SystemBackup,
  type SystemBackupSettings,
  type updateSystemBackupConfig,
} from '#contract/system'
import type { Input, Output } from '#contract/operation'
import { byCaller } from '#server/audit'
import { removeBackup } from '#server/backup/manifest'
import { isoNow } from '#server/clock'
import { inTransaction } from '#server/db/open'
import { readSetting, writeSetting } from '#server/db/settings'
import { conflict, notFound } from '#server/errors'
import type { Caller } from '#server/http/caller'
import { assertUsable, defaultFolder, quoted } from './folder.ts'
import { createRuns, type RunDeps } from './runs.ts'
import * as store from './store.ts'

const NAME = 'system_backup'
const HOUR = 3600_000
const defaults: SystemBackupSettings = {
  enabled: true,
  every_hours: 24,
  keep: 7,
  folder: '',
  include_master_key: false,
}

/** The control plane's own backup. */
export function createSystemService({ dataDir: given, ...deps }: RunDeps & { dataDir: string }) {
  const dataDir = resolve(given)
  const { db, clock, audit, publish } = deps
  const runs = createRuns(deps)
  const read = () => readSetting(db, NAME, defaults)
  const folderOf = ({ folder }: SystemBackupSettings) => folder || defaultFolder(dataDir)

  /** After a failure it is tried again within the hour. */
  async function nextAt({ enabled, every_hours }: SystemBackupSettings): Promise<number | null> {
    if (!enabled) return null
    const newest = await store.findNewest(db)
    if (!newest) return clock.now()
    return Date.parse(newest.started_at) + (newest.state === 'failed' ? 1 : every_hours) * HOUR
  }

  async function show(): Promise<Output<typeof getSystemBackupConfig>> {
    const settings = await read()
    const backups = await store.listBackups(db)
    const folder_in_use = folderOf(settings)
    const next = await nextAt(settings)
    const good = backups.find(({ state }) => state === 'done')?.path ?? `${folder_in_use}/shardlyn-…`
    return {
      ...settings,
      folder_in_use,
      next_at: next === null ? null : new Date(next).toISOString(),
      restore_command: `npm run headless -- --data-dir ${quoted(dataDir)} --restore ${quoted(good)}`,
      backups,
    }
  }

  return {
    get: show,

    async update(caller: Caller, change: Input<typeof updateSystemBackupConfig>['body']) {
      if (change.folder) await assertUsable(dataDir, change.folder)
      await inTransaction(db, async (db) => {
        await writeSetting(db, NAME, { ...(await readSetting(db, NAME, {})), ...change }, isoNow(clock))
        await audit(db, {
          ...byCaller(caller),
          action: 'system_backup_settings.updated',
          subject: { type: 'settings', id: NAME, name: null },
          details: change,
        })
      })
      publish({
        organization_id: caller.organization_id,
        kind: 'settings.updated',
        stale: [getSystemBackupConfig],
      })
      return show()
    },

    async create(caller: Caller): Promise<SystemBackup> {
      const settings = await read()
      return runs.begin('manual', { ...settings, folder: folderOf(settings) }, caller)
    },

    async remove(caller: Caller, id: string): Promise<void> {
      const absent = () => notFound('backup_not_found', 'There is no such backup.')
      const row = await store.findBackup(db, id)
      if (!row) throw absent()
      if (row.state === 'running') throw conflict('backup_running', 'It is still being written. Wait until it is done.')
      if (row.state === 'done' && !(await removeBackup(row.path, id))) {
        throw conflict(
          'backup_not_ours',
          `${row.path} does not hold this backup any more, so it is left alone. Look at it yourself.`,
        )
      }
      await inTransaction(db, async (db) => {
        if (!(await store.deleteBackup(db, id))) throw absent()
        await audit(db, {
          ...byCaller(caller),
          action: 'system_backup.deleted',
          subject: { type: 'system_backup', id, name: row.path },
        })
      })
      publish({
        organization_id: caller.organization_id,
        kind: 'system_backup.changed',
        stale: [getSystemBackupConfig],
      })
    },

    /** Often, and only looks whether one is due. */
    async runWhenDue(): Promise<void> {
      const settings = await read()
      const next = await nextAt(settings)
      if (next === null || next > clock.now() || runs.isBusy()) return
      await runs.begin('schedule', { ...settings, folder: folderOf(settings) }, null)
    },

    begin: runs.recover,
    /** When the backup under way has ended. */
    settled: runs.settled,
    close: runs.close,
  }
}
export type SystemService = ReturnType<typeof createSystemService>
