import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { openEvents } from '#contract/events'
import { closeCodes } from '#contract/sockets'
import { callerOf } from '#server/http/caller'
import type { SocketRegistry } from '#server/http/sockets'
import type { EventsService } from './service.ts'

/** A viewer that does not read is let go; it resumes from the last event it saw. */
const MAX_BUFFERED = 1024 * 1024

export const eventRoutes: FastifyPluginAsyncTypebox<{ events: EventsService; sockets: SocketRegistry }> = async (
  app,
  { events, sockets },
) => {
  app.route({
    ...openEvents,
    handler: async (request, reply) => {
      const { organization_id } = callerOf(request)
      const socket = await sockets.accept(request, reply)
      const stop = events.subscribe(organization_id, request.query, (text) => {
        if (socket.bufferedAmount > MAX_BUFFERED) socket.close(closeCodes.tooSlow, 'too slow')
        else socket.send(text)
      })
      socket.on('close', stop)
    },
  })
}
