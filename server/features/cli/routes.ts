import { readFile } from 'node:fs/promises'
import type { FastifyPluginAsync } from 'fastify'
import { downloadCli } from '#contract/cli'
import { notFound } from '#server/errors'

/** The command line, for whoever asks: it holds no secret. `file` is null where nothing was built. */
export const cliRoutes: FastifyPluginAsync<{ file: string | null }> = async (app, { file }) => {
  app.route({
    ...downloadCli,
    handler: async (_, reply) => {
      const text = file === null ? undefined : await readFile(file).catch(() => undefined)
      if (!text) throw notFound('cli_not_built', 'The command line is not here. Build Shardlyn first: npm run build.')
      return reply
        .header('content-type', 'text/javascript; charset=utf-8')
        .header('content-disposition', 'attachment; filename="shardlyn.mjs"')
        .header('cache-control', 'no-cache')
        .send(text)
    },
  })
}
