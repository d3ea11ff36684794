import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import {
  bootstrap,
  desktopLogin,
  forgotPassword,
  getBootstrapStatus,
  getMe,
  getSignInOptions,
  login,
  logout,
  logoutEverywhere,
  refresh,
  register,
  resetPassword,
} from '#contract/auth'
import { createSocketTicket } from '#contract/sockets'
import { listSessions, revokeSession, updatePassword } from '#contract/users'
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
  app.route({ ...getSignInOptions, handler: (request) => auth.signInOptions(originOf(request)) })
  app.route({
    ...register,
    handler: async (request, reply) => reply.code(201).send(await auth.register(request.body, originOf(request))),
  })
  app.route({ ...login, handler: (request) => auth.login(request.body, originOf(request)) })
  app.route({ ...desktopLogin, handler: (request) => auth.desktopLogin(request.body.secret, originOf(request)) })
  app.route({ ...refresh, handler: (request) => auth.refresh(request.body.refresh_token, request.ip) })
  app.route({
    ...forgotPassword,
    handler: async (request, reply) =>
      reply.code(202).send(await auth.forgotPassword(request.body.email, originOf(request))),
  })
  app.route({
    ...resetPassword,
    handler: async (request, reply) => {
      await auth.resetPassword(request.body, originOf(request))
      return reply.code(204).send(null)
    },
  })
  app.route({
    ...logout,
    handler: async (request, reply) => {
      await auth.logout(callerOf(request))
      return reply.code(204).send(null)
    },
  })
  app.route({
    ...logoutEverywhere,
    handler: async (request, reply) => {
      await auth.logoutEverywhere(callerOf(request))
      return reply.code(204).send(null)
    },
  })
  app.route({ ...getMe, handler: (request) => auth.me(callerOf(request)) })
  app.route({
    ...updatePassword,
    handler: async (request, reply) => {
      await auth.updatePassword(callerOf(request), request.body)
      return reply.code(204).send(null)
    },
  })
  app.route({ ...listSessions, handler: (request) => auth.listSessions(callerOf(request)) })
  app.route({
    ...revokeSession,
    handler: async (request, reply) => {
      await auth.revokeSession(callerOf(request), request.params.id)
      return reply.code(204).send(null)
    },
  })
  app.route({
    ...createSocketTicket,
    handler: async (request, reply) => {
      const { session_id, organization_id } = callerOf(request)
      return reply.code(201).send(tickets.issue(session_id, organization_id, request.body.path))
    },
  })
}
