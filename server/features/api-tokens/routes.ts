import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { createApiToken, deleteApiToken, listApiTokens } from '#contract/api-tokens'
import { callerOf } from '#server/http/caller'
import type { ApiTokenService } from './service.ts'

export const apiTokenRoutes: FastifyPluginAsyncTypebox<{ apiTokens: ApiTokenService }> = async (app, { apiTokens }) => {
  app.route({ ...listApiTokens, handler: (request) => apiTokens.list(callerOf(request)) })
  app.route({
    ...createApiToken,
    handler: async (request, reply) => reply.code(201).send(await apiTokens.create(callerOf(request), request.body)),
  })
  app.route({
    ...deleteApiToken,
    handler: async (request, reply) => {
      await apiTokens.remove(callerOf(request), request.params.id)
      return reply.code(204).send(null)
    },
  })
}
