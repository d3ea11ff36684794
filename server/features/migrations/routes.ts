import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { cancelMigration, getMigration, listMigrations, migrateInstances } from '#contract/migrations'
import { callerOf } from '#server/http/caller'
import type { MigrationsService } from './service.ts'

export const migrationRoutes: FastifyPluginAsyncTypebox<{ migrations: MigrationsService }> = async (
  app,
  { migrations },
) => {
  app.route({ ...listMigrations, handler: (request) => migrations.list(callerOf(request), request.query) })
  app.route({ ...getMigration, handler: (request) => migrations.get(callerOf(request), request.params.id) })
  app.route({
    ...cancelMigration,
    handler: async (request, reply) =>
      reply.code(202).send(await migrations.cancel(callerOf(request), request.params.id)),
  })
  app.route({
    ...migrateInstances,
    handler: async (request, reply) =>
      reply.code(202).send(await migrations.migrate(callerOf(request), request.params.id, request.body)),
  })
}
