import type { PlatformSettings } from '#contract/settings'
import type { Db } from './db/schema.ts'
import { readSetting } from './db/settings.ts'

export const PLATFORM_SETTING = 'platform'
const defaults: PlatformSettings = { name: 'Shardlyn', language: 'en', support_email: null }
/** What concerns everybody on this installation. Written by the settings feature under the same name. */
export const readPlatform = (db: Db): Promise<PlatformSettings> => readSetting(db, PLATFORM_SETTING, defaults)
