import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import {
  createSystemBackup,
  deleteSystemBackup,
  getSystemBackupConfig,
  updateSystemBackupConfig,
} from '#contract/system'
import { callerOf } from '#server/http/caller'
import type { SystemService } from './service.ts'

export const systemRoutes: FastifyPluginAsyncTypebox<{ system: SystemService }> = async (app, { system }) => {
  app.route({ ...getSystemBackupConfig, handler: () => system.get() })
  app.route({
    ...updateSystemBackupConfig,
    handler: (request) => system.update(callerOf(request), request.body),
  })
  app.route({
    ...createSystemBackup,
    handler: async (request, reply) => reply.code(202).send(await system.create(callerOf(request))),
  })
  app.route({
    ...deleteSystemBackup,
    handler: async (request, reply) => {
      await system.remove(callerOf(request), request.params.id)
      return reply.code(204).send(null)
    },
  })
}
