import { join } from 'node:path'
import type { Logger } from 'pino'
import { operations } from '#contract/all'
import type { Source } from './backup/write.ts'
import { finishGithubSignIn } from '#contract/github'
import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import { copyDatabase, sizeOf } from './db/copy.ts'
import { installationSecret } from './db/keys.ts'
import type { Metrics } from './db/metrics.ts'
import { migrations } from './db/migrate.ts'
import type { OpenDb } from './db/open.ts'
import type { Seal } from './db/seal.ts'
import { accessRoutes } from './features/access/routes.ts'
import { createAccessService } from './features/access/service.ts'
import { createSharing } from './features/access/sharing.ts'
import { activityRoutes } from './features/activity/routes.ts'
import { createActivityService } from './features/activity/service.ts'
import { apiTokenRoutes } from './features/api-tokens/routes.ts'
import { createApiTokenService } from './features/api-tokens/service.ts'
import { adminRoutes } from './features/admin/routes.ts'
import { createForwarding } from './features/admin/forwarding.ts'
import { createLogSettings } from './features/admin/log-settings.ts'
import { createAdminService } from './features/admin/service.ts'
import { createChallenges } from './features/auth/challenges.ts'
import { createAccessTokens } from './features/auth/access-tokens.ts'
import { createPasswords } from './features/auth/passwords.ts'
import { createPrincipals } from './features/auth/principals.ts'
import { authRoutes } from './features/auth/routes.ts'
import { createAuthService } from './features/auth/service.ts'
import { cliRoutes } from './features/cli/routes.ts'
import { consoleRoutes } from './features/console/routes.ts'
import { createConsoleService } from './features/console/service.ts'
import { drainRoutes } from './features/drain/routes.ts'
import { createDrainService } from './features/drain/service.ts'
import { eventRoutes } from './features/events/routes.ts'
import { createEventsService } from './features/events/service.ts'
import { createGithubClient } from './features/github/client.ts'
import { githubRoutes } from './features/github/routes.ts'
import { createGithubService } from './features/github/service.ts'
import { type HealthChecks, healthRoutes } from './features/health/routes.ts'
import { hostFileRoutes } from './features/host-files/routes.ts'
import { createHostFileService } from './features/host-files/service.ts'
import { installRoutes } from './features/install/routes.ts'
import { createInstallService } from './features/install/service.ts'
import { instanceRoutes } from './features/instances/routes.ts'
import { createInstancesService } from './features/instances/service.ts'
import { inventoryRoutes } from './features/inventory/routes.ts'
import { createInventoryService } from './features/inventory/service.ts'
import { mailRoutes } from './features/mail/routes.ts'
import type { OutboxTimes } from './features/mail/outbox.ts'
import { createMailService } from './features/mail/service.ts'
import type { MailTimes } from './features/mail/transport.ts'
import { secondFactors } from './features/mfa/methods.ts'
import { migrationRoutes } from './features/migrations/routes.ts'
import { createMigrationsService } from './features/migrations/service.ts'
import type { MigrationTimes } from './features/migrations/deps.ts'
import { mfaRoutes } from './features/mfa/routes.ts'
import { createMfaService } from './features/mfa/service.ts'
import { createMetricsService } from './features/metrics/service.ts'
import { createRegistration } from './features/nodes/registration.ts'
import { nodeRoutes } from './features/nodes/routes.ts'
import { createNodeService } from './features/nodes/service.ts'
import { createWatch } from './features/nodes/watch.ts'
import { createMeters } from './features/prometheus/meters.ts'
import { createNodeMetrics } from './features/prometheus/node-metrics.ts'
import { prometheusRoutes } from './features/prometheus/routes.ts'
import { terminalRoutes } from './features/terminal/routes.ts'
import { createTerminalService } from './features/terminal/service.ts'
import { networkRoutes } from './features/network/routes.ts'
import { createNetworkService } from './features/network/service.ts'
import { tunnelStatsRoutes } from './features/tunnel/routes.ts'
import { createTunnelService } from './features/tunnel/service.ts'
import { createJoining } from './features/organizations/joining.ts'
import { createPolicyService } from './features/settings/policy.ts'
import { settingsRoutes } from './features/settings/routes.ts'
import { createSettingsService } from './features/settings/service.ts'
import { createSshKeyService } from './features/settings/ssh-keys.ts'
import { sshRoutes } from './features/ssh/routes.ts'
import { createSshService } from './features/ssh/service.ts'
import { organizationRoutes } from './features/organizations/routes.ts'
import { createOrganizationsService } from './features/organizations/service.ts'
import { sshLoginRoutes } from './features/ssh-login/routes.ts'
import { createSshLogin } from './features/ssh-login/service.ts'
import { systemRoutes } from './features/system/routes.ts'
import { createSystemService } from './features/system/service.ts'
import { supportRoutes } from './features/support/routes.ts'
import { createSupportService } from './features/support/service.ts'
import { templateRoutes } from './features/templates/routes.ts'
import { createTemplateService } from './features/templates/service.ts'
import { userRoutes } from './features/users/routes.ts'
import { createUserService } from './features/users/service.ts'
import { workloadRoutes } from './features/workloads/routes.ts'
import { createWorkloadsService } from './features/workloads/service.ts'
import { guardAccess } from './http/access.ts'
import { createBaseUrl } from './http/base-url.ts'
import type { Caller } from './http/caller.ts'
import { serveDashboard } from './http/dashboard.ts'
import { createHostGuard } from './http/hosts.ts'
import { openApi } from './http/openapi.ts'
import { noteOperations } from './http/operations.ts'
import { createRateLimiter } from './http/rate-limit.ts'
import { createFastify } from './http/fastify.ts'
import { createLive, createLiveRegistry } from './http/live.ts'
import { recordRequests } from './http/meters.ts'
import { createRefusals } from './http/refusals.ts'
import { listenSecurely } from './http/secure-listener.ts'
import { createSocketRegistry } from './http/sockets.ts'
import { createTickets } from './http/tickets.ts'
import { createTraffic, recordTraffic } from './http/traffic.ts'
import { routeUpgrades } from './http/upgrade.ts'
import type { Job } from './jobs/runner.ts'
import { readPolicy } from './sign-in.ts'
import { createLogTail } from './log-tail.ts'
import { listenToLog } from './log.ts'
import { createSyslog } from './syslog/sender.ts'
import { createTerminalRecordings } from './terminal/recordings.ts'
import { createTerminalSessions } from './terminal/sessions.ts'
import { createWakes } from './terminal/wakes.ts'
import { machineRate, serverRate, sparing } from './sparing.ts'
import { MIN_PROTOCOL } from './tunnel/conversation.ts'
import { tunnelRoutes } from './tunnel/routes.ts'
import type { TunnelTimes } from './tunnel/session.ts'
import { createTunnel } from './tunnel/sessions.ts'

export type AppDeps = {
  config: Config
  clock: Clock
  log: Logger
  control: OpenDb
  /** The second database: what was measured. */
  metrics: Metrics
  seal: Seal
  /** What the secrets are sealed with; a backup holds it where that is wanted. */
  masterKey: Buffer
  /** The code that a first set-up from another machine must know. */
  bootstrapCode: string
  /** After the first administrator exists. */
  onBootstrap: (organizationId: string) => Promise<void>
  /** The port we listen on, once we do. */
  port: () => number
  jobsAreFine: () => boolean
  /** Shorter ones for tests. */
  tunnelTimes?: Partial<TunnelTimes> | undefined
  mailTimes?: Partial<MailTimes & OutboxTimes> | undefined
  migrationTimes?: Partial<MigrationTimes> | undefined
  /** Compile every schema now, so that a test sees one that does not. */
  eager?: boolean
}

const MINUTE = 60_000
const HOUR = 3600_000
/** How long requests under way may take to end when the server stops. */
const CLOSE_MS = 5000

/** The composition root: makes every service once, hands it to the routes that use it, and names every job. */
export async function buildApp(deps: AppDeps) {
  const { config, clock, log, control, seal } = deps
  const { db } = control
  const startedAt = clock.now()
  let ready = false
  let stopping = false

  // Leaves: what the services stand on.
  const logTail = createLogTail()
  const stopLogTail = listenToLog(log, logTail.write)
  const sockets = createSocketRegistry((caller) => again(caller))
  const requests = createLiveRegistry()
  const tickets = createTickets(clock)
  const traffic = createTraffic(clock)
  const ownUrl = createBaseUrl(config, deps.port)
  const baseUrl = createBaseUrl(config, deps.port, () => network.url())
  const events = createEventsService(clock)
  const { publish } = events

  // Services, in the order in which they need each other.
  const forwarding = createForwarding({ db, log, syslog: createSyslog(clock) })
  const activity = createActivityService({
    db,
    clock,
    onWritten(id, action) {
      forwarding.auditWritten(id)
      meters.audited(action)
    },
  })
  const { audit, tasks } = activity
  const accessTokens = createAccessTokens(await installationSecret(db, seal, 'access_token_key'), clock)
  const challenges = createChallenges(clock)
  const principals = createPrincipals(db, clock, accessTokens, async () => (await readPolicy(db)).require_mfa)
  const again = (caller: Caller) =>
    caller.credential === 'session'
      ? principals.bySession(caller.session_id, caller.organization_id || undefined)
      : principals.byToken(caller)
  const live = createLive({ sockets, requests, again, forget: principals.forget })
  const mail = createMailService({ db, clock, log, seal, audit, publish, times: deps.mailTimes })
  const share = createSharing(clock)
  const joining = createJoining({ clock, audit, mail, share })
  const auth = createAuthService({
    db,
    clock,
    log,
    audit,
    publish,
    principals,
    tokens: accessTokens,
    passwords: createPasswords(),
    live,
    challenges,
    secondFactors,
    mail,
    joining,
    baseUrl,
    bootstrapCode: deps.bootstrapCode,
    onBootstrap: deps.onBootstrap,
  })
  const users = createUserService({
    db,
    clock,
    audit,
    publish,
    accounts: auth.accounts,
    challenges,
    mail,
    live,
  })
  const apiTokens = createApiTokenService({ db, clock, audit, live })
  const settings = createSettingsService({ db, clock, audit })
  const sshKeys = createSshKeyService({ db, clock, audit })
  const githubCallback = () => new URL(finishGithubSignIn.url, ownUrl()).href
  const policy = createPolicyService({
    db,
    clock,
    seal,
    audit,
    publish,
    live,
    githubCallback,
  })
  const { signIn } = auth
  const recoveryKey = await installationSecret(db, seal, 'recovery_code_key')
  const mfa = createMfaService({ db, clock, audit, seal, challenges, signIn, mail, recoveryKey })
  const github = createGithubService({
    db,
    clock,
    log,
    audit,
    seal,
    publish,
    challenges,
    signIn,
    accounts: auth.accounts,
    joining,
    github: createGithubClient(),
    callbackUrl: githubCallback,
  })
  const organizations = createOrganizationsService({ db, clock, audit, publish, live, mail, joining, baseUrl })
  const templates = createTemplateService({ folder: join(config.resourcesDir, 'templates'), log })
  const workloads = createWorkloadsService({ db, clock, audit, publish, findTemplate: templates.find })
  const measurements = createMetricsService({ metrics: deps.metrics, clock })
  const tunnel = createTunnel({ db, clock, log, times: deps.tunnelTimes })
  const { agents } = tunnel
  const wakes = createWakes()
  agents.listen({ onState: wakes.onState })
  const registration = createRegistration({ db, clock, audit, publish, endSession: tunnel.end })
  const byMachine = sparing(audit, clock, machineRate)
  const watch = createWatch({
    db,
    clock,
    log,
    audit: byMachine,
    publish,
    record: measurements.record,
    minProtocol: MIN_PROTOCOL,
  })
  agents.listen(watch.listener)
  const nodes = createNodeService({
    db,
    clock,
    audit,
    publish,
    registration,
    watch,
    keepsLocalNode: config.localNode,
    endSession: tunnel.end,
    movesNaming: (db, nodeId) => moving.movesNaming(db, nodeId),
    closeOpen(nodeId) {
      sockets.closeSubject(nodeId)
      return terminalSessions.settled(nodeId).then(recordings.sweep)
    },
    history: measurements.nodeHistory,
    forgetMetrics: measurements.forget,
  })
  const ssh = createSshService({ db, clock, log, audit, publish, seal, agents })
  live.listen(ssh.live)
  agents.listen(ssh.listener)
  const instances = createInstancesService({
    db,
    clock,
    log,
    audit: sparing(audit, clock, serverRate),
    tasks,
    publish,
    agents,
    isOnline: (nodeId) => agents.isConnected(nodeId) || nodes.isOnline(nodeId),
    closeSockets: sockets.closeSubject,
    reopenSockets: sockets.reopenSubject,
    history: measurements.instanceHistory,
    forgetSeries: measurements.forget,
  })
  agents.listen(instances.listener)
  const moving = createMigrationsService({
    db,
    clock,
    log,
    audit,
    tasks,
    publish,
    agents,
    moves: instances.moves,
    observed: async (nodeId, observed) => instances.listener.onObserved?.(nodeId, observed),
    times: deps.migrationTimes,
  })
  agents.listen(moving.listener)
  const drain = createDrainService({
    db,
    clock,
    audit,
    publish,
    nodes,
    servers: instances.leaving,
    migrations: moving,
  })
  const recordingsFolder = join(config.dataDir, 'recordings')
  const terminalSessions = createTerminalSessions({
    db,
    clock,
    log,
    audit,
    publish,
    folder: recordingsFolder,
    hold: sockets.hold,
  })
  const recordings = createTerminalRecordings({
    db,
    clock,
    log,
    audit,
    folder: recordingsFolder,
    findNode: nodes.get,
    isOpen: terminalSessions.isOpen,
  })
  const terminals = createTerminalService({
    agents,
    clock,
    whenConnected: wakes.whenConnected,
    sessions: terminalSessions,
    findNode: nodes.get,
  })
  const access = createAccessService({ db, clock, audit, publish, live, share, locate: instances.locate })
  const consoles = createConsoleService({
    db,
    clock,
    audit,
    agents,
    whenConnected: wakes.whenConnected,
    locate: instances.locate,
  })

  const inventory = createInventoryService({ db, audit, agents, findNode: nodes.get, serversOf: instances.onNode })
  const sshLogin = createSshLogin({
    db,
    clock,
    log,
    audit: byMachine,
    publish,
    agents,
    sessions: terminalSessions,
    issue: ssh.issue,
  })
  agents.listen(sshLogin.listener)
  ssh.onRevoked(sshLogin.onRevoked)

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
    listen: (options) => listenSecurely(app, options),
    install,
  })

  const app = createFastify({ log, clock, eager: deps.eager ?? false, isStopping: () => stopping })
  recordTraffic(app, traffic)
  recordRequests(app, meters)
  const registered = noteOperations(app)
  guardAccess(app, {
    guard: createHostGuard(config, deps.port, network.place),
    limiter: createRateLimiter(clock),
    rate: { perSecond: config.rateLimit, burst: config.rateLimit * 3 },
    tickets,
    live: requests,
    onRefused: createRefusals({ db, clock, audit, log }),
    authenticators: {
      byAccessToken: principals.byAccessToken,
      bySession: principals.bySession,
      byAgentToken: registration.byAgentToken,
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
    metricsDatabase: answers(measurements.isFine),
    jobs: deps.jobsAreFine,
    uptimeSeconds: () => Math.floor((clock.now() - startedAt) / 1000),
  }

  // Routes.
  app.register(healthRoutes, { checks })
  app.register(authRoutes, { auth, tickets })
  app.register(userRoutes, { users, factors: mfa })
  app.register(apiTokenRoutes, { apiTokens })
  app.register(settingsRoutes, { settings, sshKeys, policy })
  app.register(mfaRoutes, { mfa, publicUrl: config.publicUrl })
  app.register(githubRoutes, { github, publicUrl: config.publicUrl })
  app.register(eventRoutes, { events, sockets })
  app.register(templateRoutes, { templates })
  app.register(workloadRoutes, { workloads })
  app.register(activityRoutes, { activity })
  app.register(mailRoutes, { mail })
  app.register(supportRoutes, { support })
  app.register(nodeRoutes, { nodes, registration })
  app.register(hostFileRoutes, { hostFiles: createHostFileService({ db, audit, agents, locate: nodes.get }) })
  app.register(installRoutes, { install })
  app.register(networkRoutes, { network })
  app.register(tunnelRoutes, { tunnel })
  app.register(instanceRoutes, { instances })
  app.register(migrationRoutes, { migrations: moving })
  app.register(drainRoutes, { drain })
  app.register(accessRoutes, { access })
  app.register(organizationRoutes, { organizations })
  app.register(consoleRoutes, { console: consoles, sockets })
  app.register(inventoryRoutes, { inventory })
  app.register(terminalRoutes, { terminals, recordings, sockets })
  // Beside the built dashboard.
  app.register(cliRoutes, { file: config.rendererDir && join(config.rendererDir, '..', 'cli', 'shardlyn.mjs') })
  app.register(sshLoginRoutes, { sshLogin, sockets })
  app.register(tunnelStatsRoutes, { tunnel: createTunnelService({ sessions: tunnel, nodes }) })
  app.register(prometheusRoutes, { meters, nodeMetrics: createNodeMetrics({ agents, getNode: nodes.get }) })
  app.register(sshRoutes, { ssh })
  app.register(systemRoutes, { system })
  app.register(adminRoutes, { admin, logSettings })
  app.get('/v1/openapi.json', () => openApi(operations))
  serveDashboard(app, config)
  await app.ready()

  const jobs: Job[] = [
    { name: 'auth.forget_expired', everyMs: HOUR, run: auth.forgetExpired },
    { name: 'api_tokens.end_expired', everyMs: MINUTE / 4, run: apiTokens.endExpired },
    { name: 'activity.forget_old_tasks', everyMs: HOUR, run: activity.forgetOldTasks },
    { name: 'admin.forget_old_audit', everyMs: 24 * HOUR, run: logSettings.forgetOld },
    { name: 'system.backup_when_due', everyMs: 5 * MINUTE, run: system.runWhenDue },
    { name: 'network.look_after', everyMs: MINUTE / 2, run: network.lookAfter },
    { name: 'metrics.downsample', everyMs: MINUTE, run: measurements.downsample },
    { name: 'metrics.tidy', everyMs: 10 * MINUTE, run: measurements.tidy },
    { name: 'mail.forget_expired_links', everyMs: HOUR, run: mail.forgetExpiredLinks },
    { name: 'organizations.forget_old_invites', everyMs: HOUR, run: organizations.invites.forgetOld },
    { name: 'ssh.tidy', everyMs: MINUTE, run: ssh.tidy },
    { name: 'ssh.forget_old', everyMs: 24 * HOUR, run: ssh.forgetOld },
    { name: 'terminal.forget_old', everyMs: HOUR, run: recordings.forgetOld },
    { name: 'nodes.forget_old_tokens', everyMs: HOUR, run: registration.forgetOldTokens },
  ]

  return {
    app,
    auth,
    jobs,
    registered,
    publish,
    live,
    /** How many requests of people are not answered yet. */
    requestsUnderWay: requests.count,
    tasks,
    agents,
    mail,
    registration,
    network,
    /** When the backup of ourselves that is under way has ended. */
    backupSettled: system.settled,
    /** Before the first agent can connect. */
    async begin() {
      await system.begin()
      await terminalSessions.closeLost()
      await watch.begin()
      await tunnel.expectAll()
      moving.resume()
    },
    setReady: (value: boolean) => (ready = value),
    /** Sockets first, so that viewers reconnect elsewhere or wait; then requests in flight; then nothing is left. */
    async close() {
      ready = false
      stopping = true
      sockets.closeAll()
      // Shells end on their machines, as long as those can be told.
      await terminalSessions.close()
      tunnel.close()
      setTimeout(() => app.server.closeAllConnections(), CLOSE_MS).unref()
      await Promise.all([app.close(), network.close(CLOSE_MS)])
      // A mail that is not sent becomes a link for the administrator.
      await mail.close()
      await auth.close()
      await support.close()
      admin.close()
      await system.close()
      await ssh.close()
      await moving.close()
      await instances.close()
      await watch.close()
      stopLogTail()
      meters.close()
      await forwarding.close()
    },
  }
}
export type App = Awaited<ReturnType<typeof buildApp>>
