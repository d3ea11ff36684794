import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { registerAgent } from '#contract/agent'
import { createRegisterToken, deleteNode, getNode, getNodeMetricsHistory, listNodes, updateNode } from '#contract/nodes'
import { callerOf } from '#server/http/caller'
import type { Registration } from './registration.ts'
import type { NodeService } from './service.ts'

export const nodeRoutes: FastifyPluginAsyncTypebox<{ nodes: NodeService; registration: Registration }> = async (
  app,
  { nodes, registration },
) => {
  app.route({ ...listNodes, handler: (request) => nodes.list(callerOf(request), request.query) })
  app.route({ ...getNode, handler: (request) => nodes.get(callerOf(request), request.params.id) })
  app.route({ ...updateNode, handler: (request) => nodes.update(callerOf(request), request.params.id, request.body) })
  app.route({
    ...deleteNode,
    handler: async (request, reply) => {
      await nodes.remove(callerOf(request), request.params.id)
      return reply.code(204).send(null)
    },
  })
  app.route({
    ...createRegisterToken,
    handler: async (request, reply) =>
      reply.code(201).send(await registration.createToken(callerOf(request), request.body ?? {})),
  })
  app.route({
    ...getNodeMetricsHistory,
    handler: (request) => nodes.history(callerOf(request), request.params.id, request.query),
  })
  app.route({
    ...registerAgent,
    handler: async (request, reply) => reply.code(201).send(await registration.register(request.body, request.ip)),
  })
}
