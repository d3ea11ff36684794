import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { getInstallOptions, getNetworkSettings, updateNetworkSettings } from '#contract/network'
import { callerOf } from '#server/http/caller'
import type { NetworkService } from './service.ts'

export const networkRoutes: FastifyPluginAsyncTypebox<{ network: NetworkService }> = async (app, { network }) => {
  app.route({ ...getNetworkSettings, handler: () => network.get() })
  app.route({
    ...updateNetworkSettings,
    handler: (request) => network.update(callerOf(request), request.body),
  })
  app.route({ ...getInstallOptions, handler: () => network.installOptions() })
}
