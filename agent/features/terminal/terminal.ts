import { randomUUID } from 'node:crypto'
import os from 'node:os'
import type { Pty } from 'node-pty'
import { IDLE_SECONDS, REATTACH_SECONDS, type TerminalOver } from '#contract/terminal'
import { AgentError, invalid } from '#agent/errors'
import { identify } from '#agent/runtimes/process-table'
import { killTree } from '#agent/runtimes/process-tree'
import { createOutput } from './output.ts'
import type { Shell } from './shell.ts'

/** The shell waits while so much of what it printed is not confirmed, so that none of it has to be thrown away. */
const PAUSE_BYTES = 1024 * 1024
const RESUME_BYTES = 768 * 1024
const LOOK_MS = 50
const INPUT_WAITING = 1024 * 1024
/** Tells what was begun in a shell, though it left the shell's session. */
const MARKER = 'TERM_SESSION_ID'

export type TerminalClock = { now: () => number; after: (ms: number, work: () => void) => () => void }
export const terminalClock: TerminalClock = {
  now: Date.now,
  after: (ms, work) => {
    const timer = setTimeout(work, ms)
    timer.unref()
    return () => clearTimeout(timer)
  },
}

type Options = { shell: Shell; cols: number; rows: number; clock: TerminalClock; onForgotten: () => void }

/** One shell under a terminal. It ends when nobody reads it for a minute, and when nothing happens in it for half an hour. */
export async function startTerminal({ shell, cols, rows, clock, onForgotten }: Options) {
  const { spawn } = await import('node-pty')
  const id = randomUUID()
  const pty: Pty = spawn(shell.file, shell.args, {
    name: 'xterm-256color',
    cols,
    rows,
    cwd: shell.cwd,
    env: { ...shell.env, [MARKER]: id },
    encoding: null,
  })
  const child = identify(pty.pid) ?? { pid: pty.pid, start: '' }
  const tree = { child, marker: id, variable: MARKER }
  const output = createOutput()
  let confirmed = 0
  let typed = 0
  const early = new Map<number, Buffer>()
  let over: TerminalOver | undefined
  let why: TerminalOver['reason'] = 'exited'
  let isPaused = false
  let looking: NodeJS.Timeout | undefined
  let readers = 0
  let activeAt = clock.now()
  let cancelIdle = () => {}
  let cancelAlone = () => {}

  function resume() {
    if (!isPaused) return
    isPaused = false
    clearInterval(looking)
    pty.resume()
  }
  function pause() {
    if (isPaused || over) return
    isPaused = true
    pty.pause()
    // What a shell that has ended leaves in the terminal is little, and is thrown away if nobody reads it at once.
    looking = setInterval(() => {
      if (!identify(child.pid)) resume()
    }, LOOK_MS)
  }

  function watchIdle(ms = IDLE_SECONDS * 1000) {
    cancelIdle = clock.after(ms, () => {
      const left = activeAt + IDLE_SECONDS * 1000 - clock.now()
      if (left > 0) watchIdle(left)
      else end('idle')
    })
  }
  function watchAlone() {
    cancelAlone()
    cancelAlone = clock.after(REATTACH_SECONDS * 1000, () => {
      if (over) onForgotten()
      else end('closed')
    })
  }

  function end(reason: TerminalOver['reason']) {
    if (over) return
    why = reason
    resume()
    if (process.platform === 'win32') pty.kill()
    void killTree(tree)
  }

  const ended = new Promise<void>((resolve) => {
    pty.onExit(({ exitCode, signal }) => {
      clearInterval(looking)
      cancelIdle()
      const name = signal ? signalName(signal) : null
      over = why === 'exited' ? { reason: why, exit_code: name ? null : exitCode, signal: name } : closed(why)
      output.wake()
      if (readers === 0) watchAlone()
      // What it left behind would go on where nobody sees it.
      void killTree(tree).then(() => resolve())
    })
  })
  pty.onData((data) => {
    activeAt = clock.now()
    output.push(data)
    if (output.newest() - confirmed >= PAUSE_BYTES) pause()
  })
  watchIdle()
  watchAlone()

  function take(data: Buffer) {
    typed += data.length
    pty.write(data)
  }

  return {
    id,
    output,
    over: () => over,
    /** A reader came; returns what says that it left. */
    read(): () => void {
      readers++
      cancelAlone()
      return () => {
        if (--readers === 0) watchAlone()
      }
    },
    /** Everything before this offset has arrived. */
    confirm(offset: number): void {
      confirmed = Math.max(confirmed, Math.min(offset, output.newest()))
      output.forget(confirmed)
      if (output.newest() - confirmed < RESUME_BYTES) resume()
    },
    /** Types bytes whose first is the `at`th of all; what came before is not typed again, and what comes early waits. */
    type(at: number, data: Buffer): void {
      if (over) throw new AgentError(409, 'terminal_ended', 'This terminal has ended.')
      if (at > typed + INPUT_WAITING) throw invalid('invalid_request', 'Too much is missing before this.')
      if ((pty._socket?.writableLength ?? 0) + data.length > INPUT_WAITING) {
        throw new AgentError(
          429,
          'too_much_input',
          'The program in the terminal does not read what is typed. Wait, or type less at once.',
        )
      }
      activeAt = clock.now()
      if (at > typed) return void early.set(at, data)
      if (at + data.length > typed) take(data.subarray(typed - at))
      for (const [place, waiting] of [...early].sort(([a], [b]) => a - b)) {
        if (place > typed) break
        early.delete(place)
        if (place + waiting.length > typed) take(waiting.subarray(typed - place))
      }
    },
    resize(cols: number, rows: number): void {
      if (!over) pty.resize(cols, rows)
    },
    /** Ends it with all that was begun in it. */
    async close(): Promise<void> {
      end('closed')
      await ended
    },
  }
}
export type Terminal = Awaited<ReturnType<typeof startTerminal>>

const closed = (reason: TerminalOver['reason']): TerminalOver => ({ reason, exit_code: null, signal: null })
const signalName = (number: number) =>
  Object.entries(os.constants.signals).find(([, value]) => value === number)?.[0] ?? `signal ${number}`
