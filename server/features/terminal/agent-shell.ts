import { agentPaths } from '#contract/agent'
import { urlFor } from '#contract/operation'
import { TerminalOver } from '#contract/terminal'
import { AppError } from '#server/errors'
import { type FeedBegin, type FeedDeps, openFeed } from '#server/terminal/feed'
import type { OpenSource, TerminalEnd, TerminalSize } from '#server/terminal/source'
import type { Agents } from '#server/tunnel/agents'
import { fits } from '#server/tunnel/checks'
import { createTyping, type Verdict } from './typing.ts'

/** The agent keeps what it printed until this is said. */
const CONFIRM_BYTES = 256 * 1024
const CONFIRM_AGAIN_MS = 1000
const TIMEOUT_MS = 10_000
/** An agent that is away ends the shell by itself soon, for nobody reads it. */
const CLOSE_MS = 1000

type Deps = FeedDeps & { agents: Agents }

function verdictOf(error: unknown): Verdict {
  if (!(error instanceof AppError)) return 'no'
  if (error.code === 'node_offline') return 'away'
  return error.code === 'agent_timeout' || error.status === 429 ? 'again' : 'no'
}

const lostEnd = (detail: string): TerminalEnd => ({ reason: 'lost', exit_code: null, signal: null, detail })

function overOf(header: string | string[] | undefined): TerminalOver | undefined {
  if (typeof header !== 'string') return undefined
  try {
    const value: unknown = JSON.parse(header)
    return fits(TerminalOver, value) ? value : undefined
  } catch {
    return undefined
  }
}

/** A shell under an agent, as the source of a session. It survives interruptions of the tunnel: what is printed meanwhile is asked for after. */
export const agentShell =
  (deps: Deps, nodeId: string, id: string): OpenSource =>
  (events) => {
    const { agents } = deps
    let offset = 0
    let confirmed = 0
    let isConfirming = false
    /** For a moment, after a failure. */
    let isRefused = false
    let isPaused = false
    let size: TerminalSize | undefined
    let isSizing = false
    let isOver = false
    let over: { end: TerminalEnd; newest: number } | undefined

    const pathOf = (url: `/${string}`, query: Record<string, unknown> = {}) =>
      urlFor({ url }, { params: { id }, query })
    const request = (path: string, body: { json: unknown } | { body: Buffer }) =>
      agents.request(nodeId, { method: 'POST', path, timeoutMs: TIMEOUT_MS, ...body })

    const typing = createTyping({
      send: (at, part) => request(pathOf(agentPaths.terminalInput, { at }), { body: part }),
      clock: deps.clock,
      verdict: verdictOf,
      refuse(error) {
        if (isOver || over) return
        const known = error instanceof AppError ? error : undefined
        events.refused(known?.code ?? 'not_sent', known?.message ?? 'That could not be sent to the machine.')
      },
    })

    async function confirm() {
      if (isConfirming || isRefused || isPaused || isOver || offset - confirmed < CONFIRM_BYTES) return
      isConfirming = true
      const upTo = offset
      try {
        await request(pathOf(agentPaths.terminalAck), { json: { offset: upTo } })
        confirmed = upTo
      } catch {
        // A new connection says it by where it begins. Asked again at once, a machine that is away would fail it for ever.
        isRefused = true
        deps.clock.after(CONFIRM_AGAIN_MS, () => {
          isRefused = false
          void confirm()
        })
        return
      } finally {
        isConfirming = false
      }
      void confirm()
    }

    async function sendSize() {
      isSizing = true
      try {
        while (size && !isOver) {
          const json = size
          size = undefined
          await request(pathOf(agentPaths.terminalResize), { json })
        }
      } catch {
        // The next size sets it right.
      } finally {
        isSizing = false
      }
    }

    function finish(end: TerminalEnd) {
      if (isOver) return
      isOver = true
      feed.close()
      events.ended(end)
      void forget()
    }
    /** It is over there, or is to be. */
    const forget = () =>
      agents.request(nodeId, { method: 'DELETE', path: pathOf(agentPaths.terminal), timeoutMs: CLOSE_MS }).then(
        () => {},
        () => {},
      )

    function checkOver() {
      if (over && offset >= over.newest) finish(over.end)
    }

    const feed = openFeed(
      deps,
      { nodeId, pathOf: (query: FeedBegin) => pathOf(agentPaths.terminal, query) },
      { from: 0 },
      {
        opened({ offset: at, newest, gap, headers }) {
          if (gap) events.gap(gap.to - gap.from)
          else if (at !== offset) return finish(lostEnd('The agent lost its place in this terminal.'))
          offset = at
          confirmed = Math.min(confirmed, at)
          const told = overOf(headers['x-ended'])
          if (told) over = { end: { ...told, detail: null }, newest }
          events.back()
          typing.again()
          void confirm()
          checkOver()
        },
        bytes(chunk) {
          offset += chunk.length
          events.bytes(chunk)
          void confirm()
          checkOver()
        },
        lost: events.lost,
        refused(error) {
          if (error.status !== 404) return false
          queueMicrotask(() =>
            finish(lostEnd('The machine has no such terminal any more. Its agent was started anew.')),
          )
          return true
        },
      },
    )

    return {
      // What is under way is read, so that it is in nobody's way in the tunnel; the agent sends no more than it was confirmed room for.
      pause() {
        isPaused = true
      },
      resume() {
        isPaused = false
        void confirm()
      },
      type(data) {
        if (typing.type(data)) return
        events.refused('too_much_input', 'The machine does not take input that fast. Type it again, in smaller parts.')
      },
      resize(to) {
        size = to
        if (!isSizing) void sendSize()
      },
      close() {
        if (isOver) return undefined
        isOver = true
        feed.close()
        return forget()
      },
    }
  }
