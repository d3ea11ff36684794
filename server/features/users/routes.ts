import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import {
  createResetLink,
  createUser,
  deleteUser,
  getUser,
  listAdminUsers,
  listUsers,
  resetUserMfa,
  suspendUser,
  unsuspendUser,
  updateUser,
} from '#contract/users'
import { callerOf } from '#server/http/caller'
import type { Caller } from '#server/http/caller'
import type { UserService } from './service.ts'

type Services = {
  users: UserService
  /** Of the mfa feature. */
  factors: { reset: (caller: Caller, userId: string) => Promise<void> }
}

export const userRoutes: FastifyPluginAsyncTypebox<Services> = async (app, { users, factors }) => {
  app.route({ ...listUsers, handler: (request) => users.list(request.query) })
  app.route({ ...listAdminUsers, handler: (request) => users.list(request.query) })
  app.route({ ...getUser, handler: (request) => users.get(request.params.id) })
  app.route({
    ...createUser,
    handler: async (request, reply) => reply.code(201).send(await users.create(callerOf(request), request.body)),
  })
  app.route({
    ...updateUser,
    handler: (request) => users.update(callerOf(request), request.params.id, request.body),
  })
  app.route({
    ...deleteUser,
    handler: async (request, reply) => {
      await users.remove(callerOf(request), request.params.id)
      return reply.code(204).send(null)
    },
  })
  app.route({ ...suspendUser, handler: (request) => users.suspend(callerOf(request), request.params.id) })
  app.route({ ...unsuspendUser, handler: (request) => users.unsuspend(callerOf(request), request.params.id) })
  app.route({
    ...createResetLink,
    handler: async (request, reply) =>
      reply.code(201).send(await users.createResetLink(callerOf(request), request.params.id)),
  })
  app.route({
    ...resetUserMfa,
    handler: async (request, reply) => {
      await factors.reset(callerOf(request), request.params.id)
      return reply.code(204).send(null)
    },
  })
}
