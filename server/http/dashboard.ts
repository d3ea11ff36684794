import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import type { Problem } from '#contract/problem'

const isApi = (url: string) => /^\/(v1|health|ready)(\/|\?|$)/.test(url)

/** Serves the built dashboard and the pictures of templates. Any other page address is the dashboard's own, so it gets index.html. */
export function serveDashboard(
  app: FastifyInstance,
  { rendererDir, resourcesDir }: { rendererDir: string | null; resourcesDir: string },
): void {
  const hasDashboard = rendererDir !== null && existsSync(join(rendererDir, 'index.html'))
  if (hasDashboard) {
    app.register(fastifyStatic, {
      root: rendererDir,
      index: ['index.html'],
      cacheControl: false,
      setHeaders: (reply, path) => {
        // Built files carry a hash in their name; the page that names them does not.
        reply.header('cache-control', path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache')
      },
    })
  }
  app.register(fastifyStatic, {
    root: join(resourcesDir, 'templates', 'icons'),
    prefix: '/template-icons/',
    decorateReply: !hasDashboard,
    maxAge: 86_400_000,
  })
  app.setNotFoundHandler((request, reply) => {
    const wantsPage =
      request.method === 'GET' && !isApi(request.url) && !/\.[a-z0-9]+$/i.test(request.url.split('?', 1)[0] ?? '')
    if (hasDashboard && wantsPage) return reply.header('cache-control', 'no-cache').sendFile('index.html', rendererDir)
    return reply.code(404).send({ error: 'There is nothing at this address.', code: 'not_found' } satisfies Problem)
  })
}
