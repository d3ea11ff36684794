import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { listTemplates, listTemplatesByCategory } from '#contract/templates'
import type { TemplateService } from './service.ts'

export const templateRoutes: FastifyPluginAsyncTypebox<{ templates: TemplateService }> = async (app, { templates }) => {
  app.route({ ...listTemplates, handler: (request) => templates.list(request.query) })
  app.route({
    ...listTemplatesByCategory,
    handler: (request) => templates.listByCategory(request.params.category, request.query),
  })
}
