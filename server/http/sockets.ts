import type { WebSocket } from 'ws'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { closeCodes } from '#contract/sockets'
import type { Permission } from '#contract/permissions'
import { tooMany } from '#server/errors'
import { type Caller, callerOf } from './caller.ts'
import { acceptWebSocket } from './upgrade.ts'

const MAX_PER_USER = 128
const PING_MS = 30_000

type Held = {
  caller: Caller
  /** Whether somebody with these rights may keep it open. */
  isAllowed: (caller: Caller) => boolean | Promise<boolean>
  permission: Permission | undefined
  subject: string | undefined
  close: (code: number, reason: string) => void
}
type Open = Held & { socket: WebSocket; answered: boolean }

/**
 * The open sockets of people: counted, pinged, and closed when a session ends or a right is lost. `again` tells who a caller is now,
 * undefined when they are nobody any more.
 */
export function createSocketRegistry(again: (caller: Caller) => Promise<Caller | undefined>) {
  const open = new Set<Open>()
  const held = new Set<Held>()
  const timer = setInterval(() => {
    for (const entry of open) {
      if (!entry.answered) entry.socket.terminate()
      entry.answered = false
      entry.socket.ping()
    }
  }, PING_MS)
  timer.unref()

  const close = (match: (entry: Held) => boolean, code: number, reason: string) => {
    for (const entry of [...held, ...open]) if (match(entry)) entry.close(code, reason)
  }

  async function askAnew(entry: Held): Promise<void> {
    const now = await again(entry.caller)
    const end = (code: number, reason: string) => close((other) => other === entry, code, reason)
    if (!now) return end(closeCodes.unauthorized, 'session ended')
    entry.caller = now
    const holds = entry.permission === undefined || now.permissions.has(entry.permission)
    if (!holds || now.must_enroll_mfa || !(await entry.isAllowed(now))) end(closeCodes.forbidden, 'right lost')
  }

  return {
    /**
     * Accepts a person's socket and keeps track of it. `subject` is the id of what it shows; `isAllowed` is asked again when
     * rights change.
     */
    async accept(
      request: FastifyRequest,
      reply: FastifyReply,
      subject?: string,
      isAllowed: Held['isAllowed'] = () => true,
    ): Promise<WebSocket> {
      const caller = callerOf(request)
      const mine = [...open].filter((entry) => entry.caller.user_id === caller.user_id).length
      if (mine >= MAX_PER_USER) {
        throw tooMany('too_many_sockets', 'You have too many open consoles. Close some tabs first.')
      }
      const socket = await acceptWebSocket(request, reply)
      const { operation } = request.routeOptions.config
      const permission = operation?.auth === 'admin' ? 'platform.admin' : operation?.permission
      const entry: Open = {
        socket,
        caller,
        isAllowed,
        permission,
        subject,
        answered: true,
        close(code, reason) {
          socket.close(code, reason)
          // A peer that ignores the close frame is cut: rights end within two seconds.
          setTimeout(() => socket.terminate(), 1000).unref()
        },
      }
      open.add(entry)
      socket.on('pong', () => (entry.answered = true))
      socket.on('error', () => socket.terminate())
      socket.on('close', () => open.delete(entry))
      // A right that ended during the handshake was taken from a socket that was not here yet.
      void askAnew(entry).catch(() => socket.terminate())
      return socket
    },
    /**
     * Keeps track of what outlives a person's socket, such as a shell: `close` is called where a socket would be closed. Returns what
     * ends it.
     */
    hold(entry: Held): () => void {
      held.add(entry)
      void askAnew(entry).catch(() => entry.close(closeCodes.unauthorized, 'session ended'))
      return () => held.delete(entry)
    },
    closeSession: (sessionId: string) =>
      close((entry) => entry.caller.session_id === sessionId, closeCodes.unauthorized, 'session ended'),
    closeUser: (userId: string, exceptSessionId?: string) =>
      close(
        ({ caller }) => caller.user_id === userId && caller.session_id !== exceptSessionId,
        closeCodes.unauthorized,
        'session ended',
      ),
    /** Asks for each socket of some callers anew. */
    recheck: (match: (caller: Caller) => boolean) =>
      Promise.all([...held, ...open].filter(({ caller }) => match(caller)).map(askAnew)).then(() => {}),
    closeSubject: (subject: string) => close((entry) => entry.subject === subject, closeCodes.notFound, 'gone'),
    /** What it is about is on another machine now: whoever looks at it is to come again, and is led there. */
    reopenSubject: (subject: string) => close((entry) => entry.subject === subject, closeCodes.goingAway, 'moved'),
    closeAll() {
      clearInterval(timer)
      close(() => true, closeCodes.goingAway, 'server is stopping')
    },
    count: () => open.size,
  }
}
export type SocketRegistry = ReturnType<typeof createSocketRegistry>
