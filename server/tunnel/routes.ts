import { TLSSocket } from 'node:tls'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { createWebSocketStream } from 'ws'
import { openTunnel, TUNNEL_UPGRADE } from '#contract/agent'
import { agentOf } from '#server/http/caller'
import { acceptRaw, acceptWebSocket } from '#server/http/upgrade'
import { overTls } from './over-tls.ts'
import type { Tunnel } from './sessions.ts'

/** Where agents dial in: a bare connection where the way allows it, else a WebSocket. */
export const tunnelRoutes: FastifyPluginAsyncTypebox<{ tunnel: Tunnel }> = async (app, { tunnel }) => {
  app.route({
    ...openTunnel,
    handler: async (request, reply) => {
      const agent = agentOf(request)
      const wire = request.raw.socket
      const from = { agent, wire, remoteAddress: request.ip }
      if (request.headers.upgrade?.toLowerCase() === TUNNEL_UPGRADE) {
        const socket = acceptRaw(request, reply, TUNNEL_UPGRADE)
        const duplex = socket instanceof TLSSocket ? overTls(socket) : socket
        void tunnel.accept({ ...from, duplex, transport: 'upgrade' })
        return
      }
      const duplex = createWebSocketStream(await acceptWebSocket(request, reply), { highWaterMark: 1024 * 1024 })
      void tunnel.accept({ ...from, duplex, transport: 'websocket' })
    },
  })
}
