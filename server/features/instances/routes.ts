import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { PowerAction } from '#contract/agent'
import {
  createInstance,
  deleteInstance,
  getInstance,
  getInstanceMetricsHistory,
  getInstanceStats,
  killInstance,
  listInstances,
  restartInstance,
  startInstance,
  stopInstance,
  updateInstance,
} from '#contract/instances'
import { callerOf } from '#server/http/caller'
import type { InstancesService } from './service.ts'

export const instanceRoutes: FastifyPluginAsyncTypebox<{ instances: InstancesService }> = async (
  app,
  { instances },
) => {
  app.route({ ...listInstances, handler: (request) => instances.list(callerOf(request), request.query) })
  app.route({
    ...createInstance,
    handler: async (request, reply) => reply.code(202).send(await instances.create(callerOf(request), request.body)),
  })
  app.route({ ...getInstance, handler: (request) => instances.get(callerOf(request), request.params.id) })
  app.route({
    ...updateInstance,
    handler: (request) => instances.update(callerOf(request), request.params.id, request.body),
  })
  app.route({
    ...deleteInstance,
    handler: async (request, reply) => {
      await instances.remove(callerOf(request), request.params.id, request.query)
      return reply.code(204).send(null)
    },
  })
  const power =
    (action: PowerAction) => async (request: FastifyRequest<{ Params: { id: string } }>, reply: FastifyReply) =>
      reply.code(202).send(await instances.power(callerOf(request), request.params.id, action))
  app.route({ ...startInstance, handler: power('start') })
  app.route({ ...stopInstance, handler: power('stop') })
  app.route({ ...restartInstance, handler: power('restart') })
  app.route({ ...killInstance, handler: power('kill') })
  app.route({ ...getInstanceStats, handler: (request) => instances.stats(callerOf(request), request.params.id) })
  app.route({
    ...getInstanceMetricsHistory,
    handler: (request) => instances.history(callerOf(request), request.params.id, request.query),
  })
}
