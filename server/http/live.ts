import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from './caller.ts'

type Entry = { caller: Caller; end: () => void }

/** Requests of people that are under way: a slow upload or download must not outlive the right to it. */
export function createLiveRegistry() {
  const open = new Set<Entry>()

  const end = (match: (caller: Caller) => boolean) => {
    for (const entry of open) if (match(entry.caller)) entry.end()
  }

  return {
    track(request: FastifyRequest, reply: FastifyReply, caller: Caller): void {
      const { operation } = request.routeOptions.config
      if (operation?.kind === 'socket') return
      const entry: Entry = {
        caller,
        end() {
          // What has arrived whole and is answered with JSON ends by itself, and may be the request that revokes.
          if (request.raw.complete && operation?.kind !== 'stream') return
          request.raw.destroy()
          reply.raw.destroy()
        },
      }
      open.add(entry)
      reply.raw.on('close', () => open.delete(entry))
    },
    endSession: (sessionId: string) => end(({ session_id }) => session_id === sessionId),
    endUser: (userId: string, exceptSessionId?: string) =>
      end(({ user_id, session_id }) => user_id === userId && session_id !== exceptSessionId),
    count: () => open.size,
  }
}
export type LiveRegistry = ReturnType<typeof createLiveRegistry>
