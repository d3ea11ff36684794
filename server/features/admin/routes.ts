import { Readable } from 'node:stream'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import {
  exportAuditLogs,
  getAdminMetrics,
  getAdminOrganization,
  getLogSettings,
  listAdminOrganizations,
  listAuditLogs,
  updateLogSettings,
} from '#contract/admin'
import { callerOf } from '#server/http/caller'
import type { LogSettingsService } from './log-settings.ts'
import type { AdminService } from './service.ts'

type Options = { admin: AdminService; logSettings: LogSettingsService }

export const adminRoutes: FastifyPluginAsyncTypebox<Options> = async (app, { admin, logSettings }) => {
  app.route({ ...getAdminMetrics, handler: () => admin.metrics() })
  app.route({ ...listAdminOrganizations, handler: (request) => admin.listOrganizations(request.query) })
  app.route({ ...getAdminOrganization, handler: (request) => admin.getOrganization(request.params.id) })
  app.route({ ...listAuditLogs, handler: (request) => admin.listAudit(request.query) })
  app.route({
    ...exportAuditLogs,
    // A HEAD would read the whole log to throw it away.
    exposeHeadRoute: false,
    handler: async (request, reply) => {
      const { pages, type, filename } = await admin.exportAudit(callerOf(request), request.query)
      void reply.headers({ 'content-type': type, 'content-disposition': `attachment; filename="${filename}"` })
      // One page ahead at most; when the reader goes, the stream ends and with it the reading. No schema speaks of its rows.
      return reply.send(Readable.from(pages, { highWaterMark: 1 }) as never)
    },
  })
  app.route({ ...getLogSettings, handler: () => logSettings.get() })
  app.route({
    ...updateLogSettings,
    handler: (request) => logSettings.update(callerOf(request), request.body),
  })
}
