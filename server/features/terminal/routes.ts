import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { deleteTerminalRecording, getTerminalRecording, listTerminalSessions, openTerminal } from '#contract/terminal'
import { callerOf } from '#server/http/caller'
import type { SocketRegistry } from '#server/http/sockets'
import { openTerminalSocket } from '#server/http/terminal-socket'
import type { TerminalRecordings } from '#server/terminal/recordings'
import type { TerminalService } from './service.ts'

type Deps = { terminals: TerminalService; recordings: TerminalRecordings; sockets: SocketRegistry }

export const terminalRoutes: FastifyPluginAsyncTypebox<Deps> = async (app, { terminals, recordings, sockets }) => {
  app.route({
    ...openTerminal,
    handler: (request, reply) =>
      openTerminalSocket(sockets, request, reply, () =>
        terminals.prepare(callerOf(request), request.params.id, request.query),
      ),
  })
  app.route({
    ...listTerminalSessions,
    handler: (request) => recordings.list(callerOf(request), request.params.id, request.query),
  })
  app.route({
    ...getTerminalRecording,
    handler: async (request, reply) => {
      const { id, sessionId } = request.params
      const { stream, bytes, name } = await recordings.read(callerOf(request), id, sessionId)
      return reply
        .header('content-type', 'application/x-asciicast')
        .header('content-length', bytes)
        .header('content-disposition', `attachment; filename="${name}"`)
        .send(stream as never)
    },
  })
  app.route({
    ...deleteTerminalRecording,
    handler: async (request, reply) => {
      const { id, sessionId } = request.params
      await recordings.remove(callerOf(request), id, sessionId)
      return reply.code(204).send(null)
    },
  })
}
