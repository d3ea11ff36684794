import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { cordonNode, drainNode, getDrainPlan, uncordonNode } from '#contract/migrations'
import { callerOf } from '#server/http/caller'
import type { DrainService } from './service.ts'

export const drainRoutes: FastifyPluginAsyncTypebox<{ drain: DrainService }> = async (app, { drain }) => {
  app.route({ ...cordonNode, handler: (request) => drain.cordon(callerOf(request), request.params.id) })
  app.route({ ...uncordonNode, handler: (request) => drain.uncordon(callerOf(request), request.params.id) })
  app.route({ ...getDrainPlan, handler: (request) => drain.plan(callerOf(request), request.params.id) })
  app.route({
    ...drainNode,
    handler: async (request, reply) =>
      reply.code(202).send(await drain.drain(callerOf(request), request.params.id, request.body)),
  })
}
