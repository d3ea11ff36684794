import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { agentFiles, tunnelTimes } from '#contract/agent'
import { AgentError } from './errors.ts'
import { type EventSource, eventRoutes, type Host } from './features/events/routes.ts'
import { createHostMeter } from './features/metrics/host.ts'
import { metricsRoutes } from './features/metrics/prometheus.ts'
import type { AgentRoute, AgentTarget } from './http.ts'
import { type Identity, readIdentity, readToken, register } from './identity.ts'
import type { Logger } from './logger.ts'
import { createRouter } from './router.ts'
import type { TunnelTimes } from './session.ts'
import { writeJson } from './state.ts'
import { type ControlPlane, parseFingerprint, readServer } from './trust.ts'
import { backoffMs, isLoopback, keepConnected } from './tunnel.ts'

export type AgentOptions = {
  dataDir: string
  /** Where the control plane is; absent: as `server.json` says. */
  server?: string | undefined
  /** The public key that it must show there. */
  fingerprint?: string | undefined
  preferIpv4?: boolean | undefined
  tokenFile?: string | undefined
  name?: string | undefined
  log: Logger
  times?: Partial<TunnelTimes>
  signal: AbortSignal
}
/** What the agent runs. `id` is the node's, null before it registered. */
export type Parts = {
  host: Host
  outbox: EventSource
  routes: AgentRoute[]
  targets?: AgentTarget[]
  close: () => Promise<void>
}

/** There is no identity yet, and no token to get one with. */
export class NeedsToken extends Error {}
/** The token is not good, and asking again would not make it better. */
export class TokenRefused extends Error {}

/** Runs an agent until the signal is aborted. `makeParts` gets who we are, which a new registration may change. */
export async function runAgent(
  options: AgentOptions,
  makeParts: (nodeId: () => string | null) => Promise<Parts>,
): Promise<void> {
  const { dataDir, log, signal, fingerprint, preferIpv4 = false } = options
  const times = { ...tunnelTimes, ...options.times }
  const tokenFile = options.tokenFile ?? path.join(dataDir, agentFiles.token)
  const serverFile = path.join(dataDir, agentFiles.server)
  if (options.server !== undefined) {
    if (fingerprint !== undefined) parseFingerprint(fingerprint)
    await writeJson(serverFile, { url: options.server, ...(fingerprint !== undefined && { fingerprint }) })
  }
  let known: ControlPlane | undefined
  const server = (): ControlPlane => {
    const read = readServer(dataDir)
    if (read) known = { ...read, preferIpv4 }
    if (known === undefined) {
      throw new Error(`${serverFile} does not say where the control plane is. Start the agent with --server URL.`)
    }
    return known
  }
  server()

  let identity = readIdentity(dataDir)
  // Servers that are here already run on, whatever becomes of the connection.
  const parts = await makeParts(() => identity?.node_id ?? null)

  /** Joins with the token that lies in its file; undefined when there is none. */
  async function join(): Promise<Identity | undefined> {
    for (let failures = 0; !signal.aborted; failures++) {
      const token = readToken(tokenFile)
      if (token === undefined) return undefined
      try {
        const made = await register({ server: server(), token, tokenFile, dataDir, name: options.name })
        log.info({ node_id: made.node_id }, 'registered')
        return made
      } catch (error) {
        if (error instanceof AgentError && error.status >= 400 && error.status < 500 && error.status !== 429) {
          throw new TokenRefused(error.message, { cause: error })
        }
        log.warn({ err: error, server: server().url }, 'could not register yet; it is tried again')
        await wait(backoffMs(failures, isLoopback(server().url), times), undefined, { signal }).catch(() => {})
      }
    }
    return undefined
  }

  try {
    identity ??= await join()
    if (signal.aborted) return
    if (!identity) throw new NeedsToken(`This machine has not joined yet. Put a registration token into ${tokenFile}.`)
    let current = identity
    const { host, outbox } = parts
    const measure = createHostMeter(dataDir)
    const routes = [
      ...eventRoutes({ host, outbox, measure, heartbeatMs: times.heartbeat, log }),
      ...metricsRoutes(host, measure),
      ...parts.routes,
    ]
    await keepConnected({
      server,
      identity: () => current,
      async onUnknown() {
        const made = await join().catch((error: unknown) => {
          log.error({ err: error }, 'the registration token was refused')
          fs.rmSync(tokenFile, { force: true })
          return undefined
        })
        if (made) identity = current = made
        return made !== undefined
      },
      router: createRouter(routes, log, parts.targets),
      log,
      times,
      signal,
    })
  } finally {
    await parts.close()
  }
}
