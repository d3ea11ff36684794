import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { listInstanceAccess, removeInstanceAccess, shareInstance, updateInstanceAccess } from '#contract/access'
import { callerOf } from '#server/http/caller'
import type { AccessService } from './service.ts'

export const accessRoutes: FastifyPluginAsyncTypebox<{ access: AccessService }> = async (app, { access }) => {
  app.route({ ...listInstanceAccess, handler: (request) => access.list(callerOf(request), request.params.id) })
  app.route({
    ...shareInstance,
    handler: async (request, reply) =>
      reply.code(201).send(await access.share(callerOf(request), request.params.id, request.body)),
  })
  app.route({
    ...updateInstanceAccess,
    handler: (request) => {
      const { id, userId } = request.params
      return access.update(callerOf(request), id, userId, request.body.permissions)
    },
  })
  app.route({
    ...removeInstanceAccess,
    handler: async (request, reply) => {
      await access.remove(callerOf(request), request.params.id, request.params.userId)
      return reply.code(204).send(null)
    },
  })
}
