import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { openEvents } from '#contract/events'
import { closeCodes } from '#contract/sockets'
import { callerOf } from '#server/http/caller'
import { visibilityOf } from '#server/http/rights'
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
      let caller = callerOf(request)
      const { organization_id } = caller
      const socket = await sockets.accept(request, reply, undefined, (now) => {
        caller = now
        return now.organization_id === organization_id
      })
      const viewer = {
        organization_id,
        visibility: () => visibilityOf(caller),
        seesNodes: () => caller.permissions.has('nodes.view'),
      }
      const stop = events.subscribe(viewer, request.query, (text) => {
        if (socket.bufferedAmount > MAX_BUFFERED) socket.close(closeCodes.tooSlow, 'too slow')
        else socket.send(text)
      })
      socket.on('close', stop)
    },
  })
}
