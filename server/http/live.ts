import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Operation } from '#contract/operation'
import type { InstancePermission } from '#contract/permissions'
import type { Live } from '#server/live'
import type { Caller } from './caller.ts'
import type { SocketRegistry } from './sockets.ts'

type Entry = { caller: Caller; end: () => void; mayStill: (now: Caller) => boolean }

/**
 * Whether a request that was let in as `then` may go on as `now`. What it is about is known by its id alone, so each way in which
 * the right to it could have been held must still be there.
 */
function mayGoOn(operation: Operation, id: string, then: Caller, now: Caller): boolean {
  if (now.organization_id !== then.organization_id || now.must_enroll_mfa) return false
  if (operation.auth === 'admin' && !now.permissions.has('platform.admin')) return false
  const { permission } = operation
  if (permission === undefined) return true
  if (!now.permissions.has(permission)) return false
  if (operation.per === undefined || now.everywhere.has(permission)) return true
  const ways = ({ everywhere, own, shared }: Caller) => [
    everywhere.has(permission),
    own.has(permission),
    shared.get(id)?.has(permission as InstancePermission) ?? false,
  ]
  const left = ways(now)
  return ways(then).every((held, way) => !held || left[way])
}

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
      const { id = '' } = request.params as { id?: string }
      const entry: Entry = {
        caller,
        mayStill: (now) => operation === undefined || mayGoOn(operation, id, caller, now),
        end() {
          // What has arrived whole and is answered with JSON ends by itself, and may be the request that revokes.
          const isArriving = request.raw.complete === false
          if (!isArriving && operation?.kind !== 'stream') return
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
    /** Rights of some callers changed: `again` tells who they are now, undefined when they are nobody any more. */
    async recheck(match: (caller: Caller) => boolean, again: (caller: Caller) => Promise<Caller | undefined>) {
      for (const entry of [...open].filter(({ caller }) => match(caller))) {
        const now = await again(entry.caller)
        if (!now || !entry.mayStill(now)) entry.end()
      }
    },
    count: () => open.size,
  }
}
export type LiveRegistry = ReturnType<typeof createLiveRegistry>

type Parts = {
  sockets: SocketRegistry
  requests: LiveRegistry
  /** Who a caller is now; undefined when they are nobody any more. */
  again: (caller: Caller) => Promise<Caller | undefined>
  /** Forgets what is remembered of callers. */
  forget: () => void
}

/**
 * Ends or asks anew what people have open, whatever it is. `listen` tells a feature the same, for what outlives a connection; called
 * while the app is composed.
 */
export function createLive({ sockets, requests, again, forget }: Parts): Live & { listen: (listener: Live) => void } {
  const listeners: Live[] = []
  const recheck = async (match: (caller: Caller) => boolean) => {
    forget()
    await Promise.all([sockets.recheck(match), requests.recheck(match, again)])
  }
  const tell = (what: (listener: Live) => Promise<void>) => Promise.all(listeners.map(what))
  return {
    endSession(sessionId) {
      forget()
      sockets.closeSession(sessionId)
      requests.endSession(sessionId)
      for (const listener of listeners) listener.endSession(sessionId)
    },
    endUser(userId, exceptSessionId) {
      forget()
      sockets.closeUser(userId, exceptSessionId)
      requests.endUser(userId, exceptSessionId)
      for (const listener of listeners) listener.endUser(userId, exceptSessionId)
    },
    async recheckUser(userId) {
      await recheck((caller) => caller.user_id === userId)
      await tell((listener) => listener.recheckUser(userId))
    },
    async recheckOrganization(organizationId) {
      await recheck((caller) => caller.organization_id === organizationId)
      await tell((listener) => listener.recheckOrganization(organizationId))
    },
    async recheckEverybody() {
      await recheck(() => true)
      await tell((listener) => listener.recheckEverybody())
    },
    listen: (listener) => void listeners.push(listener),
  }
}
