import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import {
  createWorkload,
  createWorkloadFromTemplate,
  deleteWorkload,
  exportWorkload,
  getWorkload,
  listWorkloads,
  updateWorkload,
} from '#contract/workloads'
import { callerOf } from '#server/http/caller'
import type { WorkloadsService } from './service.ts'

const mediaTypes = { yaml: 'application/yaml; charset=utf-8', json: 'application/json; charset=utf-8' }

export const workloadRoutes: FastifyPluginAsyncTypebox<{ workloads: WorkloadsService }> = async (
  app,
  { workloads },
) => {
  app.route({ ...listWorkloads, handler: (request) => workloads.list(callerOf(request), request.query) })
  app.route({ ...getWorkload, handler: (request) => workloads.get(callerOf(request), request.params.id) })
  app.route({
    ...createWorkload,
    handler: async (request, reply) => reply.code(201).send(await workloads.create(callerOf(request), request.body)),
  })
  app.route({
    ...createWorkloadFromTemplate,
    handler: async (request, reply) =>
      reply.code(201).send(await workloads.createFromTemplate(callerOf(request), request.body)),
  })
  app.route({
    ...updateWorkload,
    handler: (request) => workloads.update(callerOf(request), request.params.id, request.body),
  })
  app.route({
    ...deleteWorkload,
    handler: async (request, reply) => {
      await workloads.remove(callerOf(request), request.params.id)
      return reply.code(204).send(null)
    },
  })
  app.route({
    ...exportWorkload,
    handler: async (request, reply) => {
      const { format = 'yaml' } = request.query
      const { file, text } = await workloads.export(callerOf(request), request.params.id, format)
      return reply
        .type(mediaTypes[format])
        .header('content-disposition', `attachment; filename="${file}"`)
        .send(text as never)
    },
  })
}
