import { setImmediate as breathe } from 'node:timers/promises'
import { createSecureContext } from 'node:tls'
import type { Logger } from 'pino'
import { getLogSettings, type LogSettings, type updateLogSettings } from '#contract/admin'
import type { Input } from '#contract/operation'
import { type Audit, byCaller } from '#server/audit'
import { type Clock, isoNow } from '#server/clock'
import { inTransaction } from '#server/db/open'
import type { Db } from '#server/db/schema'
import { readSetting, writeSetting } from '#server/db/settings'
import { invalid } from '#server/errors'
import type { Publish } from '#server/events'
import type { Caller } from '#server/http/caller'
import { firstIdOf } from '#server/ids'
import type { Forwarding } from './forwarding.ts'
import * as store from './store.ts'

const NAME = 'logs'
const DAY = 86_400_000
const BATCH = 1000

type Change = Input<typeof updateLogSettings>['body']
type Deps = {
  db: Db
  clock: Clock
  log: Logger
  audit: Audit
  publish: Publish
  forwarding: Forwarding
  /** What the server was started with; an administrator's choice goes before it. */
  level: LogSettings['level']
}

function assertUsable({ enabled, host, ca }: LogSettings['syslog']): void {
  if (enabled && host === '') throw invalid('syslog_host_missing', 'Enter the name or address of the syslog server.')
  if (!/^[A-Za-z0-9._:-]*$/.test(host)) throw invalid('bad_host', `${host} is neither a host name nor an IP address.`)
  if (ca === '') return
  try {
    if (!ca.includes('-----BEGIN CERTIFICATE-----')) throw new Error('There is no certificate in it.')
    createSecureContext({ ca })
  } catch {
    throw invalid('bad_certificate', 'The CA is not a certificate in PEM format. Paste the whole of its file.')
  }
}

/** How much is logged, how long the audit log is kept, and who else gets it. */
export async function createLogSettings({ db, clock, log, audit, publish, forwarding, level }: Deps) {
  const defaults: LogSettings = {
    level,
    audit_retention_days: 365,
    syslog: { enabled: false, protocol: 'udp', host: '', port: 514, ca: '', content: 'audit' },
  }
  /** Only what somebody chose is kept, so that what nobody chose follows the defaults. */
  const laid = (chosen: Change): LogSettings => ({
    ...defaults,
    ...chosen,
    syslog: { ...defaults.syslog, ...chosen.syslog },
  })
  const read = async () => laid(await readSetting<Change>(db, NAME, {}))
  const apply = (settings: LogSettings) => {
    log.level = settings.level
    forwarding.apply(settings.syslog)
  }
  const shown = (settings: LogSettings) => ({ ...settings, syslog_state: forwarding.state() })
  apply(await read())

  return {
    get: async () => shown(await read()),

    async update(caller: Caller, change: Change) {
      const settings = await inTransaction(db, async (db) => {
        const before = await readSetting<Change>(db, NAME, {})
        const chosen = { ...before, ...change, syslog: { ...before.syslog, ...change.syslog } }
        const settings = laid(chosen)
        assertUsable(settings.syslog)
        await writeSetting(db, NAME, chosen, isoNow(clock))
        const { ca, ...syslog } = change.syslog ?? {}
        await audit(db, {
          ...byCaller(caller),
          action: 'log_settings.updated',
          subject: { type: 'settings', id: NAME, name: null },
          details: { ...change, syslog: { ...syslog, ...(ca !== undefined && { ca: ca === '' ? 'removed' : 'set' }) } },
        })
        return settings
      })
      apply(settings)
      publish({ organization_id: caller.organization_id, kind: 'settings.updated', stale: [getLogSettings] })
      return shown(settings)
    },

    /** Deletes what is older than it has to be kept, some at a time, so that others get their turn. */
    async forgetOld(): Promise<void> {
      const { audit_retention_days } = await read()
      const before = clock.now() - audit_retention_days * DAY
      const old = [new Date(before).toISOString(), firstIdOf(before)] as const
      while ((await store.deleteOldAudit(db, ...old, BATCH)) === BATCH) await breathe()
    },
  }
}
export type LogSettingsService = Awaited<ReturnType<typeof createLogSettings>>
