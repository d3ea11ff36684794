import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { getMetrics, getNodeMetrics } from '#contract/prometheus'
import { callerOf } from '#server/http/caller'
import type { Meters } from './meters.ts'
import type { NodeMetrics } from './node-metrics.ts'

export const prometheusRoutes: FastifyPluginAsyncTypebox<{ meters: Meters; nodeMetrics: NodeMetrics }> = async (
  app,
  { meters, nodeMetrics },
) => {
  app.route({
    ...getMetrics,
    handler: async (_, reply) => reply.type(meters.contentType).send((await meters.text()) as never),
  })
  app.route({
    ...getNodeMetrics,
    handler: async (request, reply) => {
      const { stream, cancel } = await nodeMetrics(callerOf(request), request.params.id)
      reply.raw.on('close', cancel)
      return reply.type(meters.contentType).send(stream as never)
    },
  })
}
