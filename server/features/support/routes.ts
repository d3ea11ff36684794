import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import {
  deleteSupportMessage,
  getDiagnostics,
  getHelpScoutSignature,
  getSupportSettings,
  listSupportMessages,
  sendSupportMessage,
  updateSupportSettings,
} from '#contract/support'
import { callerOf } from '#server/http/caller'
import type { SupportService } from './service.ts'

export const supportRoutes: FastifyPluginAsyncTypebox<{ support: SupportService }> = async (app, { support }) => {
  app.route({ ...getDiagnostics, handler: (request) => support.diagnostics(callerOf(request)) })
  app.route({
    ...sendSupportMessage,
    handler: async (request, reply) => reply.code(201).send(await support.send(callerOf(request), request.body)),
  })
  app.route({ ...listSupportMessages, handler: (request) => support.list(request.query) })
  app.route({
    ...deleteSupportMessage,
    handler: async (request, reply) => {
      await support.remove(callerOf(request), request.params.id)
      return reply.code(204).send(null)
    },
  })
  app.route({ ...getHelpScoutSignature, handler: (request) => support.sign(callerOf(request)) })
  app.route({ ...getSupportSettings, handler: () => support.getSettings() })
  app.route({
    ...updateSupportSettings,
    handler: (request) => support.updateSettings(callerOf(request), request.body),
  })
}
