import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { downloadAgentRelease, getInstallScript, listAgentReleases, updateAgent } from '#contract/install'
import { callerOf } from '#server/http/caller'
import type { InstallService } from './service.ts'

export const installRoutes: FastifyPluginAsyncTypebox<{ install: InstallService }> = async (app, { install }) => {
  app.route({
    ...getInstallScript,
    handler: async (_, reply) =>
      reply
        .header('content-type', 'text/x-shellscript; charset=utf-8')
        .header('cache-control', 'no-cache')
        .send(install.script()),
  })
  app.route({ ...listAgentReleases, handler: async () => ({ items: await install.releases() }) })
  app.route({
    ...downloadAgentRelease,
    handler: async (request, reply) => {
      const { file } = request.params
      const folder = await install.folderOf(file)
      return reply
        .header('content-type', 'application/gzip')
        .header('content-disposition', `attachment; filename="${file}"`)
        .sendFile(file, folder, { cacheControl: false })
    },
  })
  app.route({
    ...updateAgent,
    handler: async (request, reply) => reply.code(202).send(await install.update(callerOf(request), request.params.id)),
  })
}
