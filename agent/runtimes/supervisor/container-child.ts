import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { attachToContainer, callEngine, engineMessage } from '../docker/engine-http.ts'
import { identify } from '../process-table.ts'
import type { ContainerTarget } from './launch.ts'
import type { Supervised } from './supervised.ts'

type ContainerState = { Running: boolean; Pid: number; ExitCode: number; OOMKilled: boolean; Error: string }

/** Holds the terminal of a container, and starts it if it does not run yet. */
export async function superviseContainer(target: ContainerTarget, onData: (data: Buffer) => void): Promise<Supervised> {
  const { engine, id } = target
  const url = `/containers/${id}`
  // Attached before the start, so that no byte is printed unseen.
  let terminal = await attach()
  const waiting = callEngine(engine, 'POST', `${url}/wait?condition=${target.start ? 'next-exit' : 'not-running'}`)
  waiting.catch(() => undefined)
  if (target.start) {
    const started = await callEngine(engine, 'POST', `${url}/start`)
    if (started.status >= 300) throw new Error(engineMessage(started))
  }
  const state = await inspect()

  async function attach(): Promise<{ stream: Duplex; over: Promise<void> }> {
    const stream = await attachToContainer(engine, id)
    stream.on('data', onData)
    const over = new Promise<void>((resolve) => {
      stream.on('close', resolve)
      stream.on('end', resolve)
      stream.on('error', () => resolve())
    })
    return { stream, over }
  }

  async function inspect(): Promise<ContainerState | undefined> {
    const answer = await callEngine(engine, 'GET', `${url}/json`)
    if (answer.status === 404) return undefined
    if (answer.status !== 200) throw new Error(engineMessage(answer))
    return (JSON.parse(answer.body) as { State: ContainerState }).State
  }

  /** The end of the container, also when the engine is restarted in between. */
  async function end(): Promise<Awaited<Supervised['ended']>> {
    let wait = waiting
    for (;;) {
      try {
        await wait
        const last = await inspect()
        if (!last?.Running) {
          await Promise.race([terminal.over, sleep(1000)])
          return { code: last?.ExitCode ?? null, signal: null, oom: last?.OOMKilled ?? false }
        }
        terminal = await attach()
      } catch {
        await sleep(1000)
      }
      wait = callEngine(engine, 'POST', `${url}/wait?condition=not-running`)
      wait.catch(() => undefined)
    }
  }

  const kill = (signal: string) =>
    callEngine(engine, 'POST', `${url}/kill?signal=${encodeURIComponent(signal)}`).then(
      () => undefined,
      () => undefined,
    )
  return {
    child: (state?.Pid ? identify(state.Pid) : undefined) ?? null,
    containerId: id,
    write: (data) => terminal.stream.write(data),
    resize: (cols, rows) => void callEngine(engine, 'POST', `${url}/resize?w=${cols}&h=${rows}`).catch(() => undefined),
    signal: (name) => void kill(name),
    kill: () => kill('SIGKILL'),
    ended: end(),
  }
}
