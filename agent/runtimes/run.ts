import net from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LogFeed } from '../log/log-feed.ts'
import { readJsonSync } from '../state.ts'
import { isAlive, type ProcessIdentity } from './process-table.ts'
import { createDecoder, encodeFrame, frames } from './supervisor/frames.ts'
import type { RunExit, RunStatus } from './supervisor/launch.ts'

/** How a run ended. `lost` says that nobody saw it: its supervisor was killed, or the whole machine went down. */
export type RunEnd = RunExit & { run: number; lost: 'supervisor' | 'machine' | null; error: string | null }

/** A server that runs, seen from the agent. It goes on when the agent detaches or dies. */
export type Run = {
  number: number
  /** The run that this one goes on with, where only the supervisor is another. */
  replaces?: number
  status: () => RunStatus
  input: (data: Buffer) => void
  resize: (cols: number, rows: number) => void
  signal: (name: string) => void
  kill: () => void
  /** Writes one line of our own into the log. */
  note: (text: string) => void
  clearLog: () => Promise<void>
  ended: Promise<RunEnd>
  detach: () => void
}

export type ConnectOptions = {
  folder: string
  socket: string
  /** Whose word counts; undefined while the supervisor that was just spawned has not claimed its run yet. */
  supervisor: () => ProcessIdentity | undefined
  feed: LogFeed
  /** Takes the run away from a supervisor that never came; false when it came after all. */
  giveUp: (attempt: number) => boolean
  /** Called when the supervisor died without an exit; ends what it left. */
  onLost: (status: RunStatus | undefined) => Promise<RunEnd>
}

/** Connects to a supervisor; resolves once its server was started, or throws why it could not be. */
export async function connectRun({ folder, socket, supervisor, feed, giveUp, onLost }: ConnectOptions): Promise<Run> {
  let status: RunStatus | undefined
  let link: net.Socket | undefined
  let detached = false
  let over = false
  const cleared: (() => void)[] = []
  const ended = Promise.withResolvers<RunEnd>()
  const started = Promise.withResolvers<void>()
  // Whoever only waits for one of them must not make the other an unhandled rejection.
  started.promise.catch(() => undefined)

  function onStatus(next: RunStatus) {
    status = next
    feed.advance(next.log_end)
    if (next.started_at || next.exit) started.resolve()
    if (next.exit) finish({ ...next.exit, run: next.run, lost: null, error: next.error })
  }

  function finish(end: RunEnd) {
    if (over) return
    over = true
    ended.resolve(end)
    link?.destroy()
  }

  function onFrame(kind: number, payload: Buffer) {
    if (kind === frames.advanced) feed.advance(payload.readDoubleBE(0))
    else if (kind === frames.status) onStatus(JSON.parse(payload.toString()) as RunStatus)
    else if (kind === frames.cleared) cleared.shift()?.()
  }

  async function stayConnected() {
    for (let attempt = 0; !detached && !over; attempt++) {
      const identity = supervisor()
      const alive = identity && isAlive(identity)
      if (identity && !alive) return settle()
      const closed = await hold()
      if (!identity && giveUp(attempt)) return settle()
      // Quick at first: this is what a start waits for.
      if (!closed) await sleep(attempt < 100 ? 5 : 20)
    }
  }

  /** Holds one connection until it ends; false when there was none. */
  function hold(): Promise<boolean> {
    return new Promise((resolve) => {
      const connection = net.connect(socket)
      const decode = createDecoder(onFrame)
      let connected = false
      link = connection
      connection.on('connect', () => (connected = true))
      connection.on('data', decode)
      connection.on('error', () => undefined)
      connection.on('close', () => {
        for (const done of cleared.splice(0)) done()
        resolve(connected)
      })
    })
  }

  /** The supervisor is gone: its last words count, else what it held is ended. */
  async function settle() {
    const last = readJsonSync(path.join(folder, 'status.json')) as RunStatus | undefined
    const holder = supervisor()
    if (last?.exit && holder && last.supervisor.pid === holder.pid && last.supervisor.start === holder.start) {
      onStatus(last)
    } else {
      const end = await onLost(last)
      started.reject(new Error('The supervisor of this server ended before it could start it.'))
      finish(end)
    }
  }

  stayConnected().catch((error: unknown) => {
    started.reject(error)
    ended.reject(error)
  })
  await started.promise
  const current = () => status as RunStatus
  if (current().error) throw new Error(current().error ?? '')

  const send = (kind: number, payload?: Buffer | string) => {
    if (!over) link?.write(encodeFrame(kind, payload))
  }
  return {
    number: current().run,
    status: current,
    input: (data) => send(frames.input, data),
    resize(cols, rows) {
      const size = Buffer.allocUnsafe(4)
      size.writeUInt16BE(cols, 0)
      size.writeUInt16BE(rows, 2)
      send(frames.resize, size)
    },
    signal: (name) => send(frames.signal, name),
    kill: () => send(frames.kill),
    note: (text) => send(frames.note, text),
    clearLog: () =>
      new Promise((resolve) => {
        cleared.push(resolve)
        send(frames.clear)
        if (over) resolve()
      }),
    ended: ended.promise,
    detach() {
      detached = true
      link?.destroy()
    },
  }
}
