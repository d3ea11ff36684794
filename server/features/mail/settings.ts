import type { MailSettings } from '#contract/mail'
import { inTransaction } from '#server/db/open'
import type { Db } from '#server/db/schema'
import type { Seal } from '#server/db/seal'
import { hasSecret, readSecret, readSetting, writeSetting } from '#server/db/settings'
import { invalid } from '#server/errors'
import type { Language } from '#server/mail'
import { parseSender } from './addresses.ts'
import type { MailServer } from './transport.ts'

export const PASSWORD = 'mail.password'
const SETTINGS = 'mail'
const STATUS = 'mail_status'

const defaults: MailSettings = { enabled: false, host: '', port: 587, security: 'starttls', username: '', from: '' }
type Status = { last_error: string | null; last_error_at: string | null; last_sent_at: string | null }
const noStatus: Status = { last_error: null, last_error_at: null, last_sent_at: null }

/** Without the secret; joins the transaction that it is given. */
export const readMailSettings = (db: Db) => readSetting(db, SETTINGS, defaults)
export const writeMailSettings = (db: Db, settings: MailSettings, now: string) =>
  writeSetting(db, SETTINGS, settings, now)

export const readMailAnswer = async (db: Db) => ({
  ...(await readMailSettings(db)),
  has_password: await hasSecret(db, PASSWORD),
  ...(await readSetting(db, STATUS, noStatus)),
})

/** Host and password belong together: read at one moment, so that a password never meets another server. */
export const readMailServer = (db: Db, seal: Seal): Promise<MailServer & Pick<MailSettings, 'enabled'>> =>
  inTransaction(db, async (db) => ({
    ...(await readMailSettings(db)),
    password: await readSecret(db, seal, PASSWORD),
  }))

export const noteStatus = (db: Db, change: Partial<Status>, now: string) =>
  inTransaction(db, async (db) => {
    await writeSetting(db, STATUS, { ...(await readSetting(db, STATUS, noStatus)), ...change }, now)
  })

/** What mails say of the installation. */
export const readPlatform = (db: Db) =>
  readSetting<{ name: string; language: Language }>(db, 'platform', { name: 'Shardlyn', language: 'en' })

export async function checkMailSettings({ enabled, host, username, from }: MailSettings): Promise<void> {
  if (host !== '' && !/^[\p{L}\p{N}._:-]+$/u.test(host)) {
    throw invalid('bad_mail_host', 'Enter the mail server as a host name or an IP address, without a port.')
  }
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(username)) {
    throw invalid('bad_mail_username', 'The user name of the mail account has characters that cannot be typed.')
  }
  if (from !== '' && !(await parseSender(from))) {
    throw invalid('bad_mail_from', 'Enter the sender as one address, or as Name <address>.')
  }
  if (enabled && host === '') throw invalid('mail_host_required', 'Enter the mail server before you switch mail on.')
  if (enabled && from === '') throw invalid('mail_from_required', 'Enter the sender before you switch mail on.')
}
