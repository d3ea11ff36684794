import { setTimeout as wait } from 'node:timers/promises'
import { dial, type Dialed, Refused, type Transport } from './dial.ts'
import type { Identity } from './identity.ts'
import type { Logger } from './logger.ts'
import type { Router } from './router.ts'
import { serve, type Session, type TunnelTimes } from './session.ts'
import type { ControlPlane } from './trust.ts'

/** Beside the control plane there is no storm to avoid, and its owner is looking. */
const LOCAL_MAX_MS = 1500
/** An unknown token does not become known by asking often. */
const UNKNOWN_MS = { local: 5000, remote: 30_000 }
/** How long an answer may take. */
const DIAL_MS = { local: 3000, remote: 15_000 }
/** These say that we are not wanted or not now, whatever the protocol; others that something between us knows no Upgrade. */
const notThe = new Set([401, 403, 429, 503])

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/
export const isLoopback = (server: string): boolean => loopback.test(URL.parse(server)?.hostname ?? '')

/** Full jitter between nothing and a bound that doubles. */
export function backoffMs(
  failures: number,
  isLocal: boolean,
  times: Pick<TunnelTimes, 'backoffMin' | 'backoffMax'>,
  random = Math.random(),
): number {
  const bound = Math.min(
    times.backoffMin * 2 ** Math.min(failures, 20),
    isLocal ? Math.min(LOCAL_MAX_MS, times.backoffMax) : times.backoffMax,
  )
  return Math.round(random * bound)
}

type Options = {
  /** Asked before each attempt: the control plane may have moved. */
  server: () => ControlPlane
  identity: () => Identity
  /** The control plane does not know our token. True when we have another one now. */
  onUnknown: () => Promise<boolean>
  router: Router
  log: Logger
  times: TunnelTimes
  signal: AbortSignal
}

/** Keeps a session with the control plane for as long as the agent runs. */
export async function keepConnected({
  server,
  identity,
  onUnknown,
  router,
  log,
  times,
  signal,
}: Options): Promise<void> {
  let failures = 0
  let transport: Transport = 'upgrade'
  let session: Session | undefined
  let said = ''
  signal.addEventListener('abort', () => session?.close())

  /** The same failure every two seconds would fill the log. */
  const complain = (message: string, details: object) => {
    if (message === said) return
    said = message
    log.warn(details, message)
  }

  async function connectOnce(server: ControlPlane): Promise<Dialed> {
    const target = {
      server,
      token: identity().agent_token,
      timeoutMs: isLoopback(server.url) ? DIAL_MS.local : DIAL_MS.remote,
    }
    try {
      return await dial(target, transport)
    } catch (error) {
      if (transport === 'websocket') {
        // What stood in the way may be gone by the next attempt.
        transport = 'upgrade'
        throw error
      }
      if (!(error instanceof Refused) || notThe.has(error.status)) throw error
      const dialed = await dial(target, 'websocket')
      transport = 'websocket'
      return dialed
    }
  }

  while (!signal.aborted) {
    const to = server()
    const { url } = to
    const place = isLoopback(url) ? 'local' : 'remote'
    let delay: number | undefined
    try {
      const dialed = await connectOnce(to)
      if (signal.aborted) return void dialed.wire.destroy()
      session = serve(dialed, router, times, DIAL_MS[place] * 2)
      said = ''
      log.info({ server: url, transport }, 'connected')
      const { reason, stoodMs } = await session.closed
      session = undefined
      if (!signal.aborted) log.info({ server: url, reason }, 'disconnected')
      // A connection that is accepted and dropped at once must not be dialled ever faster.
      failures = stoodMs !== null && stoodMs >= times.steady ? 0 : failures + 1
    } catch (error) {
      failures++
      if (error instanceof Refused && error.status === 401) {
        complain('the control plane does not know this machine; it was removed there, or its data was replaced', {
          server: url,
        })
        delay = (await onUnknown()) ? 0 : UNKNOWN_MS[place] * (0.5 + Math.random() / 2)
      } else {
        complain('the control plane cannot be reached; servers go on, and it is tried again', {
          server: url,
          err: error,
        })
      }
    }
    await wait(delay ?? backoffMs(failures, place === 'local', times), undefined, { signal }).catch(() => {})
  }
}
