import type { Source } from '#server/backup/write'
import { copyDatabase, sizeOf } from '#server/db/copy'
import { migrations } from '#server/db/migrate'
import type { OpenDb } from '#server/db/open'
import { adminRoutes } from '#server/features/admin/routes'
import { createLogSettings } from '#server/features/admin/log-settings'
import { createAdminService } from '#server/features/admin/service'
import { installRoutes } from '#server/features/install/routes'
import { createInstallService } from '#server/features/install/service'
import { createMeters } from '#server/features/prometheus/meters'
import { createNodeMetrics } from '#server/features/prometheus/node-metrics'
import { prometheusRoutes } from '#server/features/prometheus/routes'
import { networkRoutes } from '#server/features/network/routes'
import { createNetworkService } from '#server/features/network/service'
import { systemRoutes } from '#server/features/system/routes'
import { createSystemService } from '#server/features/system/service'
import { supportRoutes } from '#server/features/support/routes'
import { createSupportService } from '#server/features/support/service'
import { listenSecurely } from '#server/http/secure-listener'
import type { Job } from '#server/jobs/runner'
import type { createForwarding } from '#server/features/admin/forwarding'
import type { createTraffic } from '#server/http/traffic'
import type { createLogTail } from '#server/log-tail'
import { type Ground, HOUR, MINUTE, type Server } from './ground.ts'
import type { Machines } from './machines.ts'
import type { People } from './people.ts'

type Own = {
  forwarding: ReturnType<typeof createForwarding>
  traffic: ReturnType<typeof createTraffic>
  logTail: ReturnType<typeof createLogTail>
  /** What answers, once it is made. */
  server: () => Server
}

/** What keeps the control plane itself running, reachable and watched. */
export async function composeOperation(
  ground: Ground,
  { mail }: People,
  { agents, tunnel, nodes, instances }: Machines,
  own: Own,
) {
  const { db, audit, publish, startedAt, sockets, ownUrl, deps } = ground
  const { clock, config, control, log, seal } = deps
  const { forwarding, traffic, logTail } = own
  const admin = createAdminService({
    db,
    clock,
    audit,
    places: { dataDir: config.dataDir, control: control.database.name, metrics: deps.metrics.database.name },
    schemaVersion: migrations.at(-1)?.version ?? 0,
    startedAt,
    traffic: traffic.report,
    sockets: sockets.count,
    nodeStates: nodes.countStates,
    instanceStates: instances.countStates,
  })

  const meters = createMeters({
    nodeStates: nodes.countStates,
    instanceStates: instances.countStates,
    tunnel: tunnel.stats,
    sockets: sockets.count,
    isDatabaseBusy: () => control.database.inTransaction,
  })
  control.watchQueries(meters.queried)

  const sourceOf = (name: Source['name'], { database }: { database: OpenDb['database'] }): Source => ({
    name,
    bytes: () => sizeOf(database),
    copyTo: (file, signal) => copyDatabase(database, file, signal),
  })
  const system = createSystemService({
    db,
    clock,
    log,
    audit,
    publish,
    dataDir: config.dataDir,
    masterKey: deps.masterKey,
    sources: [sourceOf('shardlyn.db', control), sourceOf('metrics.db', deps.metrics)],
  })
  const logSettings = await createLogSettings({
    db,
    clock,
    log,
    audit,
    publish,
    forwarding,
    level: config.logLevel,
  })

  const support = createSupportService({
    db,
    clock,
    log,
    seal,
    audit,
    publish,
    mail,
    startedAt,
    sources: { listNodes: nodes.list, listInstances: instances.list, logLines: logTail.lines },
  })

  const install = createInstallService({
    db,
    log,
    audit,
    publish,
    agents,
    resourcesDir: config.resourcesDir,
    place: config.agentReleases ?? null,
    findMachine: nodes.get,
    noteUpdate: nodes.noteUpdate,
  })

  const network = createNetworkService({
    db,
    clock,
    log,
    seal,
    audit,
    publish,
    publicUrl: config.publicUrl,
    ownPort: deps.port,
    ownUrl,
    listen: (options) => listenSecurely(own.server(), options),
    install,
  })

  const jobs: Job[] = [
    { name: 'admin.forget_old_audit', everyMs: 24 * HOUR, run: logSettings.forgetOld },
    { name: 'system.backup_when_due', everyMs: 5 * MINUTE, run: system.runWhenDue },
    { name: 'network.look_after', everyMs: MINUTE / 2, run: network.lookAfter },
  ]

  return {
    jobs,
    register(app: Server) {
      app.register(supportRoutes, { support })
      app.register(installRoutes, { install })
      app.register(networkRoutes, { network })
      app.register(prometheusRoutes, { meters, nodeMetrics: createNodeMetrics({ agents, getNode: nodes.get }) })
      app.register(systemRoutes, { system })
      app.register(adminRoutes, { admin, logSettings })
    },
    admin,
    meters,
    network,
    support,
    system,
  }
}
export type Operation = Awaited<ReturnType<typeof composeOperation>>
