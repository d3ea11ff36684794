import { type IncomingMessage, type Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { WebSocketServer, type WebSocket } from 'ws'
import { SOCKET_PROTOCOL } from '#contract/sockets'
import { invalid } from '#server/errors'

const pending = new WeakMap<IncomingMessage, { socket: Duplex; head: Buffer }>()

/** One message of a viewer is small: input, a resize, an acknowledgement. */
const MAX_MESSAGE = 256 * 1024

const server = new WebSocketServer({
  noServer: true,
  perMessageDeflate: false,
  maxPayload: MAX_MESSAGE,
  clientTracking: false,
  handleProtocols: (offered) => (offered.has(SOCKET_PROTOCOL) ? SOCKET_PROTOCOL : false),
})

/** For the tunnel's fallback: whole HTTP/2 frames cross it, so messages are larger. */
const tunnelServer = new WebSocketServer({
  noServer: true,
  perMessageDeflate: false,
  maxPayload: 16 * 1024 * 1024,
  clientTracking: false,
})

/** Sends every upgrade through Fastify's router, so that guards, authentication and validation are the same as elsewhere. */
export function routeUpgrades(app: FastifyInstance, server: Pick<Server, 'on'> = app.server): void {
  server.on('upgrade', (raw: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    const response = new ServerResponse(raw)
    response.shouldKeepAlive = false
    response.assignSocket(socket as never)
    response.on('finish', () => socket.end())
    pending.set(raw, { socket, head })
    app.routing(raw, response)
  })
}

function takeOver(request: FastifyRequest, reply: FastifyReply) {
  const upgrade = pending.get(request.raw)
  if (!upgrade) throw invalid('upgrade_required', 'This address is a socket. Connect to it as one.')
  pending.delete(request.raw)
  reply.hijack()
  reply.raw.detachSocket(upgrade.socket as never)
  return upgrade
}

/** For what must not be begun for a request that is no socket. */
export function assertWebSocket(request: FastifyRequest): void {
  if (request.headers.upgrade?.toLowerCase() !== 'websocket') {
    throw invalid('upgrade_required', 'This address is a WebSocket. Connect to it as one.')
  }
}

/** Completes a WebSocket handshake. Call it last: what it accepts can no longer be refused with a status. */
export function acceptWebSocket(request: FastifyRequest, reply: FastifyReply): Promise<WebSocket> {
  assertWebSocket(request)
  const { socket, head } = takeOver(request, reply)
  const by = request.routeOptions.url === '/v1/agent/tunnel' ? tunnelServer : server
  return new Promise((resolve, reject) => {
    socket.once('close', () => reject(new Error('The connection closed during the handshake.')))
    by.handleUpgrade(request.raw, socket, head, resolve)
  })
}

/** Answers `Upgrade: <protocol>` with 101 and hands over the bare connection. */
export function acceptRaw(request: FastifyRequest, reply: FastifyReply, protocol: string): Duplex {
  const { socket, head } = takeOver(request, reply)
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: ${protocol}\r\nConnection: Upgrade\r\n\r\n`)
  if (head.length > 0) socket.unshift(head)
  return socket
}
