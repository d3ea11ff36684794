import { setTimeout as sleep } from 'node:timers/promises'
import { stopInstance } from '#contract/instances'
import type { Api } from './api.ts'
import { isActive, isIdle, type ServerLine } from './servers.ts'

export type QuitAnswer = 'keep' | 'stop' | 'cancel'

type Deps = {
  /** The servers as they are now; fails while nobody can sign in. */
  look: () => Promise<readonly ServerLine[]>
  /** Asks the person. `stubborn` are those that a stop did not end in time. */
  ask: (running: ServerLine[], stubborn: boolean) => Promise<QuitAnswer>
  stop: (servers: ServerLine[]) => Promise<void>
  /** Closes the server and ends the app; its agent too, when nothing on this computer needs it. */
  leave: (how: { stopAgent: boolean }) => Promise<void>
}

export type Quit = {
  /** The person wants to quit: asks about servers that run on this computer. */
  request: () => Promise<void>
  /** The computer or a signal wants us to end: servers go on under their agent, and nobody is asked. */
  now: () => Promise<void>
  isLeaving: () => boolean
}

export function createQuit({ look, ask, stop, leave }: Deps): Quit {
  let asking: Promise<void> | undefined
  let leaving: Promise<void> | undefined

  const end = (how: { stopAgent: boolean }) => (leaving ??= leave(how))

  async function dialogue(): Promise<void> {
    for (let stubborn = false; !leaving; stubborn = true) {
      // Without a signed-in owner there are no servers to ask about.
      const servers = await look().catch((): ServerLine[] => [])
      const running = servers.filter((server) => server.isLocal && isActive(server))
      if (running.length === 0) return end({ stopAgent: isIdle(servers) })
      const answer = await ask(running, stubborn)
      if (answer === 'cancel') return
      if (answer === 'keep') return end({ stopAgent: false })
      await stop(running)
    }
  }

  return {
    request: () => (asking ??= dialogue().finally(() => (asking = undefined))),
    now: () => end({ stopAgent: false }),
    isLeaving: () => leaving !== undefined,
  }
}

type StopDeps = { api: Api; look: () => Promise<readonly ServerLine[]>; timeoutMs?: number; everyMs?: number }

/** Stops servers and waits until none of them runs, or until the time is up; the caller looks again. */
export async function stopServers(
  servers: ServerLine[],
  { api, look, timeoutMs = 60_000, everyMs = 500 }: StopDeps,
): Promise<void> {
  // One that ended by itself meanwhile refuses to be stopped, which is just as well.
  await Promise.allSettled(servers.map(({ id }) => api.call(stopInstance, { params: { id } })))
  const wanted = new Set(servers.map(({ id }) => id))
  for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; await sleep(everyMs)) {
    const left = (await look()).filter((server) => wanted.has(server.id) && isActive(server))
    if (left.length === 0) return
  }
}
