import type { WebSocket } from 'ws'
import { TerminalClientMessage, type TerminalServerMessage } from '#contract/terminal'
import { AppError } from '#server/errors'
import { portOf } from './frame.ts'
import { createListener } from './listen.ts'
import type { TerminalSession } from './session.ts'
import type { TerminalEnd } from './source.ts'

const POLICY_VIOLATION = 1008

/** Shows a shell on a viewer's socket by the protocol of contract/terminal.ts until either is closed. */
export function watchTerminal(socket: WebSocket, session: TerminalSession, from?: number): void {
  const port = { ...portOf<TerminalServerMessage>(socket), close: () => socket.close(1000) }
  const viewer = session.attach(port, from)
  socket.on(
    'message',
    createListener(TerminalClientMessage, {
      hear(message) {
        if (message.type === 'ack') viewer.ack(message.offset)
        else if (message.type === 'input') viewer.type(message.data)
        else if (message.type === 'resize') viewer.resize({ cols: message.cols, rows: message.rows })
        else viewer.close()
      },
      refuse: (code, error) => port.tell({ type: 'refused', code, error }),
      giveUp: () => socket.close(POLICY_VIOLATION, 'too many messages that mean nothing'),
    }),
  )
  socket.on('close', viewer.leave)
  if (socket.readyState !== socket.OPEN) viewer.leave()
}

/** Why a shell could not be opened, as whoever opened the socket is told. */
export function refusalEnd(error: unknown): TerminalEnd {
  const known = error instanceof AppError ? error : undefined
  const reason =
    known?.code === 'node_offline' ? 'node_offline' : known?.code === 'terminal_not_found' ? 'lost' : 'refused'
  return { reason, exit_code: null, signal: null, detail: known?.message ?? 'The terminal could not be opened.' }
}

/** Browsers cannot read the status of a socket that was refused: they are told on the socket. */
export function refuseOn(socket: WebSocket, error: unknown): void {
  const port = portOf<TerminalServerMessage>(socket)
  port.tell({ type: 'ended', ...refusalEnd(error) })
  socket.close(1000)
}
