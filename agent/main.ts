import fs from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { agentExits, agentFiles } from '#contract/agent'
import type { NodeFeatures } from '#contract/nodes'
import { agentFlags, usage } from './flags.ts'
import { takeLock } from './lock.ts'
import { createLogger } from './logger.ts'
import { type AgentSettings, readSettings } from './settings.ts'
import { NeedsToken, type Parts, runAgent, TokenRefused } from './start.ts'
import { agentVersion } from './version.ts'

const CLOSE_MS = 5000

/** The agent: what runs on a machine. It dials the control plane, and keeps the servers of this machine running without it. */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: agentFlags })
  if (values.version) {
    process.stdout.write(`${agentVersion}\n`)
    return 0
  }
  const dataDir = values['data-dir']
  if (dataDir === undefined) throw new Error(usage)
  if (values.server !== undefined && !/^https?:$/.test(URL.parse(values.server)?.protocol ?? '')) {
    throw new Error(`--server must be an http or https address, not ${values.server}`)
  }
  fs.mkdirSync(dataDir, { recursive: true, mode: 0o711 })
  if (values.setup) return (await import('./features/install/command.ts')).runSetup(values, dataDir)

  const release = await takeLock(path.join(dataDir, agentFiles.lock))
  if (!release) {
    process.stderr.write(`Another agent runs already with ${dataDir}.\n`)
    return agentExits.alreadyRunning
  }
  const log = createLogger(path.join(dataDir, 'agent.log'))
  const stop = new AbortController()
  let code = 0
  const end = (withCode: number) => {
    code = withCode
    stop.abort()
    // Whatever still hangs then is not worth waiting for: servers do not need us.
    setTimeout(() => process.exit(withCode), CLOSE_MS).unref()
  }
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(name, () => {
      log.info({ signal: name }, 'stopping; servers go on')
      end(0)
    })
  }
  process.on('uncaughtException', (error) => {
    log.error({ err: error }, 'unexpected error; the agent ends and is started again')
    process.exit(1)
  })
  process.on('exit', release)
  if (values.purge) {
    const count = await (await import('./features/install/purge.ts')).purge(dataDir, log)
    process.stdout.write(`- ${count} servers are ended and deleted.\n`)
    return 0
  }
  try {
    const settings = readSettings(dataDir)
    if (values['remove-ssh']) {
      const { removeSsh } = await import('./features/ssh/removal.ts')
      if (await removeSsh(dataDir, settings)) {
        process.stdout.write(
          '- sshd trusts no certificates of the control plane any more: its settings are as they were.\n',
        )
      }
      return 0
    }
    await runAgent(
      {
        dataDir,
        server: values.server,
        fingerprint: values.fingerprint,
        preferIpv4: settings.prefer_ipv4,
        tokenFile: values['token-file'],
        name: values.name,
        log,
        signal: stop.signal,
      },
      (nodeId) => makeParts({ dataDir, settings, nodeId, log, end, signal: stop.signal }),
    )
    return code
  } catch (error) {
    if (!(error instanceof NeedsToken) && !(error instanceof TokenRefused)) throw error
    log.error({}, error.message)
    return error instanceof NeedsToken ? agentExits.needsToken : agentExits.tokenRefused
  }
}

type Machine = {
  dataDir: string
  settings: AgentSettings
  nodeId: () => string | null
  log: ReturnType<typeof createLogger>
  end: (exitCode: number) => void
  signal: AbortSignal
}

/** Everything that the agent does on its machine. */
async function makeParts({ dataDir, settings, nodeId, log, end, signal }: Machine): Promise<Parts> {
  const [
    { consoleRoutes },
    { createHostFiles },
    { createUpdating },
    { createInstances },
    { instanceRoutes },
    { createOutbox },
  ] = await Promise.all([
    import('./features/console/routes.ts'),
    import('./features/host-files/routes.ts'),
    import('./features/install/updating.ts'),
    import('./features/instances/manager.ts'),
    import('./features/instances/routes.ts'),
    import('./outbox.ts'),
  ])
  const { inventoryRoutes } = await import('./features/inventory/routes.ts')
  const { createImport } = await import('./features/transfer/import.ts')
  const { transferRoutes } = await import('./features/transfer/routes.ts')
  const { createSsh } = await import('./features/ssh/routes.ts')
  const { createTerminals } = await import('./features/terminal/terminals.ts')
  const { terminalRoutes } = await import('./features/terminal/routes.ts')
  const { sshdPort } = await import('./features/ssh-login/sshd-port.ts')
  const { sshdTarget } = await import('./features/ssh-login/target.ts')
  const outbox = createOutbox({ file: path.join(dataDir, 'outbox.jsonl') })
  const instances = createInstances({ dataDir, nodeId, outbox, log })
  const hostFiles = createHostFiles({
    dataDir,
    settings: settings.host_files,
    onError: (error) => log.error({ err: error }, 'unfinished uploads could not be cleaned up'),
  })
  const ssh = createSsh({ dataDir, settings, port: () => sshdPort(settings.ssh ?? {}), log })
  const terminals = createTerminals({ isAllowed: settings.terminal ?? false, log })
  const imports = createImport({ dataDir, instances, log })
  const updating = createUpdating({ dataDir, settings, log, end, signal })
  const features = (): NodeFeatures => ({
    terminal: settings.terminal ?? false,
    host_files: settings.host_files?.paths.length
      ? { paths: settings.host_files.paths, is_writable: settings.host_files.writable ?? false }
      : null,
    ssh: settings.ssh ? ssh.state() : null,
    service: settings.service ?? 'none',
    ...updating.features(),
  })
  return {
    host: { ...instances, features },
    outbox,
    routes: updating.watched([
      ...instanceRoutes(instances),
      ...consoleRoutes(instances),
      ...hostFiles.routes,
      ...updating.routes,
      ...inventoryRoutes(instances),
      ...ssh.routes,
      ...terminalRoutes(terminals),
      ...transferRoutes(instances, imports),
    ]),
    targets: [sshdTarget(settings)],
    async close() {
      updating.close()
      hostFiles.close()
      await imports.close()
      await Promise.all([terminals.closeAll(), ssh.close(), instances.close()])
      await outbox.close()
    },
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    process.exit(1)
  },
)
