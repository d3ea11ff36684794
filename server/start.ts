import { randomInt } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buildApp } from './app.ts'
import { type Clock, systemClock } from './clock.ts'
import type { Config } from './config.ts'
import { finishRestore } from './backup/restore.ts'
import { lockData } from './db/data-lock.ts'
import { readMasterKey } from './db/keys.ts'
import { openMetrics } from './db/metrics.ts'
import { openDb } from './db/open.ts'
import { createSeal } from './db/seal.ts'
import { keepNewSpaceSmall } from './heap.ts'
import { type Jobs, startJobs } from './jobs/runner.ts'
import { createLocalNode, type LocalNode } from './local-node.ts'
import { createLog } from './log.ts'

export type RunningServer = {
  /** Where the dashboard and the API are. */
  url: string
  /** What a first set-up from another machine must know; null when it is done. */
  bootstrapCode: string | null
  /** A secret that signs the owner of this machine in, once. */
  issueDesktopSecret: () => string
  /** Stops taking requests, finishes those under way, and closes the databases. The agent of this machine goes on, unless it is to end too; servers go on in both cases. */
  close: (options?: { stopAgent?: boolean }) => Promise<void>
}

const newCode = () => Array.from({ length: 3 }, () => String(randomInt(10_000)).padStart(4, '0')).join('-')

/** Starts the control plane. The one door for the desktop app and for the headless entry. */
export async function startServer(config: Config, clock: Clock = systemClock): Promise<RunningServer> {
  keepNewSpaceSmall()
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 })
  const unlock = lockData(config.dataDir)
  try {
    // One that was cut short.
    await finishRestore(config.dataDir)
    const server = await startOn(config, clock)
    return {
      ...server,
      close: (options) => server.close(options).finally(unlock),
    }
  } catch (error) {
    unlock()
    throw error
  }
}

/** On a data folder that is ours alone. */
async function startOn(config: Config, clock: Clock): Promise<RunningServer> {
  const log = createLog(config.logLevel)
  // Before the database is made: a missing key beside existing data is not replaced.
  const masterKey = config.masterKey ?? readMasterKey(config.dataDir)
  const control = openDb(join(config.dataDir, 'shardlyn.db'))
  const metrics = openMetrics(join(config.dataDir, 'metrics.db'))
  const bootstrapCode = newCode()
  let jobs: Jobs | undefined
  let port = config.port
  // An address on this machine that the host guard knows.
  const ownHost = ['127.0.0.1', 'localhost', '0.0.0.0', '::'].includes(config.host) ? '127.0.0.1' : config.host
  const beginLocalNode = async (organizationId: string | undefined) => {
    if (!config.localNode || organizationId === undefined) return
    await localNode
      ?.begin(organizationId)
      .catch((error: unknown) => log.error({ err: error }, 'this machine could not become a node'))
  }
  let localNode: LocalNode | undefined
  try {
    const app = await buildApp({
      config,
      clock,
      log,
      control,
      metrics,
      bootstrapCode,
      seal: createSeal(masterKey),
      masterKey,
      onBootstrap: beginLocalNode,
      port: () => port,
      jobsAreFine: () => jobs?.areFine() ?? true,
    })
    await app.begin()
    // `localhost` listens on 127.0.0.1 and ::1 alike.
    await app.app.listen({ host: config.host === '127.0.0.1' ? 'localhost' : config.host, port: config.port })
    port = (app.app.server.address() as AddressInfo).port
    await app.network.begin()
    localNode = createLocalNode({
      config,
      clock,
      log,
      url: () => `http://${ownHost.includes(':') ? `[${ownHost}]` : ownHost}:${port}`,
      createToken: app.registration.createLocalToken,
      isKnown: app.registration.isKnown,
    })
    app.agents.listen({
      onHello: async (nodeId) => localNode?.reached(nodeId),
    })
    jobs = await startJobs({ db: control.db, clock, log, jobs: app.jobs })
    app.setReady(true)
    await beginLocalNode(await app.registration.home())
    const { needs_bootstrap } = await app.auth.bootstrapStatus({ is_local: true })
    const host = config.host === '0.0.0.0' || config.host === '::' ? 'localhost' : config.host
    return {
      url: config.publicUrl ?? `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
      bootstrapCode: needs_bootstrap ? bootstrapCode : null,
      issueDesktopSecret: app.auth.issueDesktopSecret,
      async close(options) {
        await localNode?.close(options)
        await app.close()
        await jobs?.close()
        control.database.pragma('wal_checkpoint(TRUNCATE)')
        await control.close()
        metrics.close()
      },
    }
  } catch (error) {
    await localNode?.close()
    await jobs?.close()
    await control.close()
    metrics.close()
    throw error
  }
}
