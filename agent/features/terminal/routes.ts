import type { Writable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { Type as T } from 'typebox'
import { Check } from 'typebox/value'
import { agentPaths } from '#contract/agent'
import { TerminalBegin } from '#contract/terminal'
import { invalid } from '#agent/errors'
import { bytes, integer } from '#agent/body'
import type { AgentRoute } from '#agent/http'
import { drained } from '#agent/log/instance-log'
import type { Terminals } from './terminals.ts'
import type { Terminal } from './terminal.ts'

const Ack = T.Object({ offset: T.Integer({ minimum: 0 }) })
const PIECE_BYTES = 64 * 1024
const GATHER_MS = 2

/** Shells on this machine. */
export function terminalRoutes(terminals: Terminals): AgentRoute[] {
  const of = (request: Parameters<AgentRoute['handle']>[0]) => terminals.get(request.params.id ?? '')
  return [
    {
      method: 'POST',
      path: agentPaths.terminals,
      async handle(request) {
        const size = await request.json()
        if (!Check(TerminalBegin, size)) throw invalid('invalid_request', 'A terminal has 2 to 1000 columns and rows.')
        return { status: 201, json: await terminals.begin(size) }
      },
    },
    {
      method: 'GET',
      path: agentPaths.terminal,
      handle(request) {
        const terminal = of(request)
        const { output } = terminal
        const from = Math.min(output.newest(), Math.max(output.oldest(), integer(request, 'from') ?? 0))
        const over = terminal.over()
        return {
          headers: {
            'content-type': 'application/octet-stream',
            'x-offset': String(from),
            'x-oldest': String(output.oldest()),
            'x-newest': String(output.newest()),
            ...(over && { 'x-ended': JSON.stringify(over) }),
          },
          stream: (sink) => pour(terminal, from, sink, request.signal),
        }
      },
    },
    {
      method: 'DELETE',
      path: agentPaths.terminal,
      async handle(request) {
        await terminals.close(request.params.id ?? '')
        return {}
      },
    },
    {
      method: 'POST',
      path: agentPaths.terminalAck,
      async handle(request) {
        const ack = await request.json()
        if (!Check(Ack, ack)) throw invalid('invalid_request', 'An offset is a whole number.')
        of(request).confirm(ack.offset)
        return {}
      },
    },
    {
      method: 'POST',
      path: agentPaths.terminalInput,
      async handle(request) {
        const at = integer(request, 'at')
        if (at === undefined) throw invalid('invalid_request', 'Say where among all that was typed this belongs.')
        of(request).type(at, await bytes(request.body))
        return {}
      },
    },
    {
      method: 'POST',
      path: agentPaths.terminalResize,
      async handle(request) {
        const size = await request.json()
        if (!Check(TerminalBegin, size)) throw invalid('invalid_request', 'A terminal has 2 to 1000 columns and rows.')
        of(request).resize(size.cols, size.rows)
        return {}
      },
    },
  ]
}

/** Writes what a shell prints as fast as the other side takes it, until the shell has ended. */
async function pour(terminal: Terminal, from: number, sink: Writable, signal: AbortSignal): Promise<void> {
  const { output } = terminal
  const leave = terminal.read()
  try {
    let leftAt = -Infinity
    for (let at = from; !sink.destroyed && !signal.aborted;) {
      const piece = output.read(at, PIECE_BYTES)
      at += piece.length
      if (piece.length > 0) {
        if (!sink.write(piece)) await drained(sink, signal)
      } else if (terminal.over()) return
      else {
        await output.changed(signal)
        // The first letters after a pause leave at once; a terminal hands out 4 KiB at a time, and what comes close behind leaves together.
        const ms = leftAt + GATHER_MS - performance.now()
        if (ms > 0) await wait(ms)
        leftAt = performance.now()
      }
    }
  } finally {
    leave()
  }
}
