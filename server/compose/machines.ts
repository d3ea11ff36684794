import { join } from 'node:path'
import { accessRoutes } from '#server/features/access/routes'
import { createAccessService } from '#server/features/access/service'
import { consoleRoutes } from '#server/features/console/routes'
import { createConsoleService } from '#server/features/console/service'
import { drainRoutes } from '#server/features/drain/routes'
import { createDrainService } from '#server/features/drain/service'
import { hostFileRoutes } from '#server/features/host-files/routes'
import { createHostFileService } from '#server/features/host-files/service'
import { instanceRoutes } from '#server/features/instances/routes'
import { createInstancesService } from '#server/features/instances/service'
import { inventoryRoutes } from '#server/features/inventory/routes'
import { createInventoryService } from '#server/features/inventory/service'
import { migrationRoutes } from '#server/features/migrations/routes'
import { createMigrationsService } from '#server/features/migrations/service'
import { createMetricsService } from '#server/features/metrics/service'
import { createRegistration } from '#server/features/nodes/registration'
import { nodeRoutes } from '#server/features/nodes/routes'
import { createNodeService } from '#server/features/nodes/service'
import { createWatch } from '#server/features/nodes/watch'
import { terminalRoutes } from '#server/features/terminal/routes'
import { createTerminalService } from '#server/features/terminal/service'
import { tunnelStatsRoutes } from '#server/features/tunnel/routes'
import { createTunnelService } from '#server/features/tunnel/service'
import { sshRoutes } from '#server/features/ssh/routes'
import { createSshService } from '#server/features/ssh/service'
import { sshLoginRoutes } from '#server/features/ssh-login/routes'
import { createSshLogin } from '#server/features/ssh-login/service'
import { templateRoutes } from '#server/features/templates/routes'
import { createTemplateService } from '#server/features/templates/service'
import { workloadRoutes } from '#server/features/workloads/routes'
import { createWorkloadsService } from '#server/features/workloads/service'
import { createTerminalRecordings } from '#server/terminal/recordings'
import { createTerminalSessions } from '#server/terminal/sessions'
import { createWakes } from '#server/terminal/wakes'
import { createRateLimiter } from '#server/http/rate-limit'
import { machineRate, pacedAudit, serverRate } from '#server/paced-audit'
import { MIN_PROTOCOL } from '#server/tunnel/conversation'
import { tunnelRoutes } from '#server/tunnel/routes'
import { createTunnel } from '#server/tunnel/sessions'
import type { Job } from '#server/jobs/runner'
import { type Ground, HOUR, MINUTE, type Server } from './ground.ts'
import type { People } from './people.ts'

/** Machines, what runs on them, and every way into them. */
export function composeMachines(ground: Ground, people: Pick<People, 'live' | 'share'>) {
  const { db, audit, tasks, publish, sockets, deps } = ground
  const { clock, config, log, seal } = deps
  const { live, share } = people
  const templates = createTemplateService({ folder: join(config.resourcesDir, 'templates'), log })
  const workloads = createWorkloadsService({ db, clock, audit, publish, findTemplate: templates.find })
  const measurements = createMetricsService({ metrics: deps.metrics, clock })
  const tunnel = createTunnel({ db, clock, log, times: deps.tunnelTimes })
  const { agents } = tunnel
  const wakes = createWakes()
  agents.listen({ onState: wakes.onState })
  const registration = createRegistration({ db, clock, audit, publish, endSession: tunnel.end })
  const byMachine = pacedAudit(audit, createRateLimiter(clock), machineRate)
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
    audit: pacedAudit(audit, createRateLimiter(clock), serverRate),
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

  const jobs: Job[] = [
    { name: 'metrics.downsample', everyMs: MINUTE, run: measurements.downsample },
    { name: 'metrics.tidy', everyMs: 10 * MINUTE, run: measurements.tidy },
    { name: 'ssh.tidy', everyMs: MINUTE, run: ssh.tidy },
    { name: 'ssh.forget_old', everyMs: 24 * HOUR, run: ssh.forgetOld },
    { name: 'terminal.forget_old', everyMs: HOUR, run: recordings.forgetOld },
    { name: 'nodes.forget_old_tokens', everyMs: HOUR, run: registration.forgetOldTokens },
  ]

  return {
    jobs,
    register(app: Server) {
      app.register(templateRoutes, { templates })
      app.register(workloadRoutes, { workloads })
      app.register(nodeRoutes, { nodes, registration })
      app.register(hostFileRoutes, { hostFiles: createHostFileService({ db, audit, agents, locate: nodes.get }) })
      app.register(tunnelRoutes, { tunnel })
      app.register(instanceRoutes, { instances })
      app.register(migrationRoutes, { migrations: moving })
      app.register(drainRoutes, { drain })
      app.register(accessRoutes, { access })
      app.register(consoleRoutes, { console: consoles, sockets })
      app.register(inventoryRoutes, { inventory })
      app.register(terminalRoutes, { terminals, recordings, sockets })
      app.register(sshLoginRoutes, { sshLogin, sockets })
      app.register(tunnelStatsRoutes, { tunnel: createTunnelService({ sessions: tunnel, nodes }) })
      app.register(sshRoutes, { ssh })
    },
    agents,
    tunnel,
    nodes,
    instances,
    registration,
    measurements,
    watch,
    terminalSessions,
    moving,
    ssh,
  }
}
export type Machines = ReturnType<typeof composeMachines>
