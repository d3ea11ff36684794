import type { Input } from '#contract/operation'
import type { PlatformSettings, Settings, updateSettings } from '#contract/settings'
import { type Audit, byCaller } from '#server/audit'
import { type Clock, isoNow } from '#server/clock'
import { inTransaction } from '#server/db/open'
import type { Db } from '#server/db/schema'
import { writeSetting } from '#server/db/settings'
import { forbidden } from '#server/errors'
import type { Caller } from '#server/http/caller'
import { missing } from '#server/http/rights'
import { PLATFORM_SETTING, readPlatform } from '#server/platform'
import { shownKey } from './ssh-keys.ts'
import * as store from './store.ts'

type Deps = { db: Db; clock: Clock; audit: Audit }

function assertAdministrator({ platform_role, permissions }: Caller): void {
  if (platform_role !== 'admin') throw forbidden('admin_only', 'Only a platform administrator may do this.')
  if (!permissions.has('platform.admin')) throw missing('platform.admin')
}

/** What a person prefers, and what concerns everybody on this installation. */
export function createSettingsService({ db, clock, audit }: Deps) {
  const get = async (db: Db, { user_id }: Caller): Promise<Settings> => ({
    preferences: await store.getPreferences(db, user_id),
    ssh_keys: (await store.listKeys(db, user_id)).map(shownKey),
    platform: await readPlatform(db),
  })

  async function changePlatform(db: Db, caller: Caller, change: Partial<PlatformSettings>): Promise<void> {
    const before = await readPlatform(db)
    const after = { ...before, ...change }
    after.name = after.name.trim()
    await writeSetting(db, PLATFORM_SETTING, after, isoNow(clock))
    await audit(db, {
      ...byCaller(caller),
      organization_id: null,
      action: 'platform.settings_updated',
      subject: { type: 'platform', id: null, name: after.name },
      details: { before, after },
    })
  }

  return {
    get: (caller: Caller) => get(db, caller),

    async update(
      caller: Caller,
      { preferences = {}, platform = {} }: Input<typeof updateSettings>['body'],
    ): Promise<Settings> {
      const changesPlatform = Object.keys(platform).length > 0
      if (changesPlatform) assertAdministrator(caller)
      return inTransaction(db, async (db) => {
        if (Object.keys(preferences).length > 0) {
          await store.updatePreferences(db, caller.user_id, preferences, isoNow(clock))
          await audit(db, {
            ...byCaller(caller),
            action: 'user.preferences_updated',
            subject: { type: 'user', id: caller.user_id, name: caller.email },
            details: preferences,
          })
        }
        if (changesPlatform) await changePlatform(db, caller, platform)
        return get(db, caller)
      })
    },
  }
}
export type SettingsService = ReturnType<typeof createSettingsService>
