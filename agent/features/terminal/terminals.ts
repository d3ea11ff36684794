import type { Static } from 'typebox'
import type { TerminalBegin, TerminalBegun } from '#contract/terminal'
import { AgentError, notFound } from '#agent/errors'
import type { Logger } from '#agent/logger'
import { loginShell, type Shell } from './shell.ts'
import { startTerminal, type Terminal, type TerminalClock, terminalClock } from './terminal.ts'

/** However many people there are. */
const MAX = 64

type Options = {
  /** What this machine's owner allows. */
  isAllowed: boolean
  log: Logger
  shell?: () => Shell
  clock?: TerminalClock
}

/** The shells of this machine, where its owner allows any. */
export function createTerminals({ isAllowed, log, shell = loginShell, clock = terminalClock }: Options) {
  const open = new Map<string, Terminal>()
  let starting = 0

  return {
    async begin({ cols, rows }: Static<typeof TerminalBegin>): Promise<Static<typeof TerminalBegun>> {
      if (!isAllowed) {
        throw new AgentError(
          403,
          'terminal_disabled',
          'This machine allows no terminals. Its owner allows them with `"terminal": true` in the agent’s agent.json.',
        )
      }
      const living = [...open.values()].filter((terminal) => !terminal.over()).length
      if (living + starting >= MAX) {
        throw new AgentError(429, 'too_many_terminals', `${MAX} terminals are open on this machine. Close one first.`)
      }
      starting++
      try {
        const chosen = shell()
        const terminal = await startTerminal({
          shell: chosen,
          cols,
          rows,
          clock,
          onForgotten: () => open.delete(terminal.id),
        })
        open.set(terminal.id, terminal)
        log.info({ terminal: terminal.id, login: chosen.login }, 'a terminal was opened')
        return { id: terminal.id, login: chosen.login }
      } finally {
        starting--
      }
    },
    get(id: string): Terminal {
      const terminal = open.get(id)
      if (!terminal) throw notFound('terminal_not_found', 'There is no such terminal on this machine any more.')
      return terminal
    },
    async close(id: string): Promise<void> {
      const terminal = this.get(id)
      await terminal.close()
      open.delete(id)
    },
    /** Ends all of them with us. */
    async closeAll(): Promise<void> {
      await Promise.all([...open.values()].map((terminal) => terminal.close()))
      open.clear()
    },
    count: () => open.size,
  }
}
export type Terminals = ReturnType<typeof createTerminals>
