import { createHash } from 'node:crypto'
import { TICKET_PREFIX } from '#contract/sockets'
import type { Clock } from '#server/clock'
import { newSecret } from '#server/ids'

const LIFE_MS = 30_000
const MAX_TICKETS = 10_000

export type Ticket = { session_id: string; organization_id: string; path: string; expires: number }

/** Single-use tickets that open one socket each. In memory: they live half a minute. */
export function createTickets(clock: Clock) {
  const tickets = new Map<string, Ticket>()
  const hash = (ticket: string) => createHash('sha256').update(ticket).digest('base64url')
  return {
    issue(session_id: string, organization_id: string, path: string) {
      const now = clock.now()
      for (const [key, { expires }] of tickets) {
        if (expires > now && tickets.size < MAX_TICKETS) break
        tickets.delete(key)
      }
      const ticket = newSecret()
      tickets.set(hash(ticket), { session_id, organization_id, path, expires: now + LIFE_MS })
      return { ticket, expires_at: new Date(now + LIFE_MS).toISOString() }
    },
    /** Takes the ticket out of a `Sec-WebSocket-Protocol` header; undefined when it is used, expired or for another path. */
    redeem(protocols: string | undefined, path: string): Ticket | undefined {
      const offered = protocols?.split(',').map((part) => part.trim()) ?? []
      const ticket = offered.find((part) => part.startsWith(TICKET_PREFIX))?.slice(TICKET_PREFIX.length)
      if (!ticket) return undefined
      const key = hash(ticket)
      const found = tickets.get(key)
      tickets.delete(key)
      return found && found.expires > clock.now() && found.path === path ? found : undefined
    },
  }
}
export type Tickets = ReturnType<typeof createTickets>
