import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { clearLogs, downloadLogs, getInstallLogs, getLogHistory, openConsole, openLogs } from '#contract/console'
import { closeCodes } from '#contract/sockets'
import { callerOf } from '#server/http/caller'
import { mayOnInstance } from '#server/http/rights'
import type { SocketRegistry } from '#server/http/sockets'
import type { ConsoleService } from './service.ts'

type SocketRequest = FastifyRequest<{ Params: { id: string }; Querystring: { from?: number; tail?: number } }>

const readOnly = { code: 'read_only', error: 'These are the logs. Open the console to type.' }
const mayNotType = {
  code: 'missing_permission',
  error: 'You need the permission instances.command to type here. Ask an administrator of your organization.',
}

export const consoleRoutes: FastifyPluginAsyncTypebox<{ console: ConsoleService; sockets: SocketRegistry }> = async (
  app,
  { console, sockets },
) => {
  async function open(request: SocketRequest, reply: FastifyReply, isConsole: boolean) {
    let caller = callerOf(request)
    const { id } = request.params
    const target = await console.locate(caller, id, 'instances.console')
    const socket = await sockets.accept(request, reply, id, (now) => {
      caller = now
      return mayOnInstance(now, 'instances.console', target)
    })
    console.watch(socket, target, request.query, () => {
      if (!isConsole) return readOnly
      return mayOnInstance(caller, 'instances.command', target) ? undefined : mayNotType
    })
    // Deleted during the handshake: whoever closes the sockets of a server did not see this one yet.
    await console.locate(caller, id, 'instances.console').catch(() => socket.close(closeCodes.notFound, 'gone'))
  }
  app.route({
    ...openConsole,
    handler: (request, reply) => open(request, reply, true),
  })
  app.route({ ...openLogs, handler: (request, reply) => open(request, reply, false) })
  app.route({
    ...getLogHistory,
    handler: (request) => console.history(callerOf(request), request.params.id, request.query),
  })
  app.route({
    ...getInstallLogs,
    handler: (request) => console.installLog(callerOf(request), request.params.id, request.query),
  })
  app.route({
    ...downloadLogs,
    handler: async (request, reply) => {
      const { stream, fileName, cancel } = await console.download(callerOf(request), request.params.id)
      reply.raw.on('close', cancel)
      return reply
        .header('content-type', 'text/plain; charset=utf-8')
        .header('content-disposition', `attachment; filename="${fileName}"`)
        .send(stream as never)
    },
  })
  app.route({
    ...clearLogs,
    handler: async (request, reply) => {
      await console.clear(callerOf(request), request.params.id)
      return reply.code(204).send(null)
    },
  })
}
