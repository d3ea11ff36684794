import type { FastifyReply, FastifyRequest } from 'fastify'
import type { WebSocket } from 'ws'
import type { TerminalSession } from '#server/terminal/session'
import { refuseOn, watchTerminal } from '#server/terminal/watch'
import type { SocketRegistry } from './sockets.ts'

type Request = FastifyRequest<{ Params: { id: string }; Querystring: { session?: string; from?: number } }>

/**
 * Answers a request for a terminal. `prepare` throws where there can be none; what it answers begins the shell, once the socket is
 * there. A browser cannot read why its socket was refused, so it is told on the socket.
 */
export async function openTerminalSocket(
  sockets: SocketRegistry,
  request: Request,
  reply: FastifyReply,
  prepare: () => Promise<() => Promise<TerminalSession>>,
): Promise<void> {
  const isBrowser = request.headers['sec-websocket-protocol'] !== undefined
  const accept = (): Promise<WebSocket> => sockets.accept(request, reply, request.params.id)
  let begin: () => Promise<TerminalSession>
  try {
    begin = await prepare()
  } catch (error) {
    if (!isBrowser || request.headers.upgrade === undefined) throw error
    return refuseOn(await accept(), error)
  }
  const socket = await accept()
  try {
    watchTerminal(socket, await begin(), request.query.session === undefined ? undefined : request.query.from)
  } catch (error) {
    refuseOn(socket, error)
  }
}
