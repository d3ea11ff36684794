import type { AdminMetrics, exportAuditLogs, listAdminOrganizations, listAuditLogs } from '#contract/admin'
import type { Input } from '#contract/operation'
import { type Audit, byCaller } from '#server/audit'
import type { Clock } from '#server/clock'
import { fromCursor, toPage } from '#server/db/page'
import type { Db } from '#server/db/schema'
import { notFound } from '#server/errors'
import type { Caller } from '#server/http/caller'
import type { TrafficReport } from '#server/http/traffic'
import { version } from '#server/version'
import { exportAudit, formats } from './audit-export.ts'
import { createProcessWatch } from './process.ts'
import { measureStorage, type Places } from './storage.ts'
import * as store from './store.ts'

const DAY = 86_400_000

type Deps = {
  db: Db
  clock: Clock
  audit: Audit
  places: Places
  schemaVersion: number
  startedAt: number
  traffic: () => TrafficReport
  sockets: () => number
  /** What other features know of the fleet now. */
  nodeStates: () => Promise<AdminMetrics['nodes']>
  instanceStates: () => Promise<AdminMetrics['instances']>
}

/** What platform administrators see of everything. */
export function createAdminService({ db, clock, audit, places, ...deps }: Deps) {
  const watch = createProcessWatch()
  const iso = (ms: number) => new Date(ms).toISOString()

  return {
    async metrics(): Promise<AdminMetrics> {
      const now = clock.now()
      return {
        version,
        node_version: process.version,
        schema_version: deps.schemaVersion,
        started_at: iso(deps.startedAt),
        uptime_seconds: Math.floor((now - deps.startedAt) / 1000),
        ...(await store.countAll(db, iso(now), iso(now - DAY))),
        nodes: await deps.nodeStates(),
        instances: await deps.instanceStates(),
        requests: deps.traffic(),
        sockets: deps.sockets(),
        sign_ins: await store.countSignIns(db, iso(now - DAY)),
        process: watch.read(),
        storage: await measureStorage(places, await store.sumBackups(db)),
        last_backup: (await store.findLastBackup(db)) ?? null,
        jobs_failing: await store.listFailingJobs(db),
      }
    },

    async listOrganizations({ cursor, limit = 50, search }: Input<typeof listAdminOrganizations>['query']) {
      return toPage(await store.listOrganizations(db, { search, before: fromCursor(cursor), limit }), limit)
    },

    async getOrganization(id: string) {
      const organization = await store.findOrganization(db, id)
      if (!organization) throw notFound('organization_not_found', 'There is no such organization.')
      return { ...organization, people: await store.listPeople(db, id) }
    },

    async listAudit({ cursor, limit = 50, ...filter }: Input<typeof listAuditLogs>['query']) {
      return toPage(await store.listAudit(db, { ...filter, before: fromCursor(cursor) }, limit), limit)
    },

    /** Who took the log away is in it. */
    async exportAudit(caller: Caller, { format = 'csv', ...filter }: Input<typeof exportAuditLogs>['query']) {
      const pages = await exportAudit(db, filter, format)
      await audit(db, {
        ...byCaller(caller),
        action: 'audit.exported',
        subject: { type: 'audit', id: null, name: null },
        details: { format, ...filter },
      })
      return { pages, type: formats[format].type, filename: `audit-${iso(clock.now()).slice(0, 10)}.${format}` }
    },

    close: () => watch.close(),
  }
}
export type AdminService = ReturnType<typeof createAdminService>
