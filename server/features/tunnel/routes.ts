import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { getTunnelStats, listTunnelAgents } from '#contract/tunnel'
import type { TunnelService } from './service.ts'

export const tunnelStatsRoutes: FastifyPluginAsyncTypebox<{ tunnel: TunnelService }> = async (app, { tunnel }) => {
  app.route({ ...getTunnelStats, handler: () => tunnel.stats() })
  app.route({ ...listTunnelAgents, handler: (request) => tunnel.listAgents(request.query) })
}
