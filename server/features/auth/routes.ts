import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { bootstrap, desktopLogin, getBootstrapStatus, getMe, login, logout, refresh } from '#contract/auth'
import { createSocketTicket } from '#contract/sockets'
import { callerOf } from '#server/http/caller'
import { originOf } from '#server/http/origin'
import type { Tickets } from '#server/http/tickets'
import type { AuthService } from './service.ts'

export const authRoutes: FastifyPluginAsyncTypebox<{ auth: AuthService; tickets: Tickets }> = async (
  app,
  { auth, tickets },
) => {
  app.route({ ...getBootstrapStatus, handler: (request) => auth.bootstrapStatus(originOf(request)) })
  app.route({
    ...bootstrap,
    handler: async (request, reply) => reply.code(201).send(await auth.bootstrap(request.body, originOf(request))),
  })
  app.route({ ...login, handler: (request) => auth.login(request.body, originOf(request)) })
  app.route({ ...desktopLogin, handler: (request) => auth.desktopLogin(request.body.secret, originOf(request)) })
  app.route({ ...refresh, handler: (request) => auth.refresh(request.body.refresh_token) })
  app.route({
    ...logout,
    handler: async (request, reply) => {
      await auth.logout(callerOf(request))
      return reply.code(204).send(null)
    },
  })
  app.route({ ...getMe, handler: (request) => auth.me(callerOf(request)) })
  app.route({
    ...createSocketTicket,
    handler: async (request, reply) => {
      const { session_id, organization_id } = callerOf(request)
      return reply.code(201).send(tickets.issue(session_id, organization_id, request.body.path))
    },
  })
}
