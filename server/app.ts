import { join } from 'node:path'
import { operations } from '#contract/all'
import { activityRoutes } from './features/activity/routes.ts'
import { createActivityService } from './features/activity/service.ts'
import { createForwarding } from './features/admin/forwarding.ts'
import { cliRoutes } from './features/cli/routes.ts'
import { eventRoutes } from './features/events/routes.ts'
import { createEventsService } from './features/events/service.ts'
import { type HealthChecks, healthRoutes } from './features/health/routes.ts'
import { guardAccess } from './http/access.ts'
import { createBaseUrl } from './http/base-url.ts'
import { serveDashboard } from './http/dashboard.ts'
import { createHostGuard } from './http/hosts.ts'
import { openApi } from './http/openapi.ts'
import { noteOperations } from './http/operations.ts'
import { createRateLimiter } from './http/rate-limit.ts'
import { createFastify } from './http/fastify.ts'
import { createLiveRegistry } from './http/live.ts'
import { recordRequests } from './http/meters.ts'
import { createRefusals } from './http/refusals.ts'
import { createSocketRegistry } from './http/sockets.ts'
import { createTickets } from './http/tickets.ts'
import { createTraffic, recordTraffic } from './http/traffic.ts'
import { routeUpgrades } from './http/upgrade.ts'
import type { Job } from './jobs/runner.ts'
import { createLogTail } from './log-tail.ts'
import { listenToLog } from './log.ts'
import { createSyslog } from './syslog/sender.ts'
import { composeMachines } from './compose/machines.ts'
import { composeOperation } from './compose/operation.ts'
import { composePeople } from './compose/people.ts'
import { type AppDeps, HOUR } from './compose/ground.ts'

export type { AppDeps }

/** How long requests under way may take to end when the server stops. */
const CLOSE_MS = 5000

/** The composition root: what all stand on, the areas, the server in front of them, and the order in which it all begins and ends. */
export async function buildApp(deps: AppDeps) {
  const { config, clock, log, control } = deps
  const { db } = control
  const startedAt = clock.now()
  let ready = false
  let stopping = false

  // What all stand on.
  const logTail = createLogTail()
  const stopLogTail = listenToLog(log, logTail.write)
  const sockets = createSocketRegistry((caller) => people.again(caller))
  const requests = createLiveRegistry()
  const tickets = createTickets(clock)
  const traffic = createTraffic(clock)
  const ownUrl = createBaseUrl(config, deps.port)
  const baseUrl = createBaseUrl(config, deps.port, () => operation.network.url())
  const events = createEventsService(clock)
  const { publish } = events

  const forwarding = createForwarding({ db, log, syslog: createSyslog(clock) })
  const activity = createActivityService({
    db,
    clock,
    onWritten(id, action) {
      forwarding.auditWritten(id)
      operation.meters.audited(action)
    },
  })
  const { audit, tasks } = activity

  // Areas, in the order in which they need each other.
  const ground = { deps, db, startedAt, sockets, tickets, audit, tasks, publish, ownUrl, baseUrl }
  const people = await composePeople(ground, requests)
  const machines = composeMachines(ground, people)
  const operation = await composeOperation(ground, people, machines, {
    forwarding,
    traffic,
    logTail,
    server: () => app,
  })
  const areas = [people, machines, operation]

  const app = createFastify({ log, clock, eager: deps.eager ?? false, isStopping: () => stopping })
  recordTraffic(app, traffic)
  recordRequests(app, operation.meters)
  const registered = noteOperations(app)
  guardAccess(app, {
    guard: createHostGuard(config, deps.port, operation.network.place),
    limiter: createRateLimiter(clock),
    rate: { perSecond: config.rateLimit, burst: config.rateLimit * 3 },
    tickets,
    live: requests,
    onRefused: createRefusals({ db, clock, audit, log }),
    authenticators: {
      byAccessToken: people.principals.byAccessToken,
      bySession: people.principals.bySession,
      byAgentToken: machines.registration.byAgentToken,
    },
  })
  routeUpgrades(app)

  const answers = (check: () => unknown) => () => {
    try {
      check()
      return true
    } catch {
      return false
    }
  }
  const checks: HealthChecks = {
    isReady: () => ready,
    database: answers(() => control.database.prepare('select 1').get()),
    metricsDatabase: answers(machines.measurements.isFine),
    jobs: deps.jobsAreFine,
    uptimeSeconds: () => Math.floor((clock.now() - startedAt) / 1000),
  }

  // Routes.
  app.register(healthRoutes, { checks })
  app.register(eventRoutes, { events, sockets })
  app.register(activityRoutes, { activity })
  // Beside the built dashboard.
  app.register(cliRoutes, { file: config.rendererDir && join(config.rendererDir, '..', 'cli', 'shardlyn.mjs') })
  for (const area of areas) area.register(app)
  app.get('/v1/openapi.json', () => openApi(operations))
  serveDashboard(app, config)
  await app.ready()

  const jobs: Job[] = [
    ...areas.flatMap((area) => area.jobs),
    { name: 'activity.forget_old_tasks', everyMs: HOUR, run: activity.forgetOldTasks },
  ]

  return {
    app,
    auth: people.auth,
    jobs,
    registered,
    publish,
    live: people.live,
    /** How many requests of people are not answered yet. */
    requestsUnderWay: requests.count,
    tasks,
    agents: machines.agents,
    mail: people.mail,
    registration: machines.registration,
    network: operation.network,
    /** When the backup of ourselves that is under way has ended. */
    backupSettled: operation.system.settled,
    /** Before the first agent can connect. */
    async begin() {
      await operation.system.begin()
      await machines.terminalSessions.closeLost()
      await machines.watch.begin()
      await machines.tunnel.expectAll()
      machines.moving.resume()
    },
    setReady: (value: boolean) => (ready = value),
    /** Sockets first, so that viewers reconnect elsewhere or wait; then requests in flight; then nothing is left. */
    async close() {
      ready = false
      stopping = true
      sockets.closeAll()
      // Shells end on their machines, as long as those can be told.
      await machines.terminalSessions.close()
      machines.tunnel.close()
      setTimeout(() => app.server.closeAllConnections(), CLOSE_MS).unref()
      await Promise.all([app.close(), operation.network.close(CLOSE_MS)])
      // A mail that is not sent becomes a link for the administrator.
      await people.mail.close()
      await people.auth.close()
      await operation.support.close()
      operation.admin.close()
      await operation.system.close()
      await machines.ssh.close()
      await machines.moving.close()
      await machines.instances.close()
      await machines.watch.close()
      stopLogTail()
      operation.meters.close()
      await forwarding.close()
    },
  }
}
export type App = Awaited<ReturnType<typeof buildApp>>
