import { Type as T } from 'typebox'
import type { Operation } from './operation.ts'
import { Time } from './page.ts'

/** Browsers cannot set headers on a socket, so they trade their token for a ticket: one use, 30 s, one resource. */
export const createSocketTicket = {
  method: 'POST',
  url: '/v1/socket-tickets',
  auth: 'user',
  credential: 'session',
  schema: {
    operationId: 'createSocketTicket',
    summary: 'Get a single-use ticket that opens one WebSocket',
    tags: ['sockets'],
    body: T.Object(
      { path: T.String({ pattern: '^/v1/', maxLength: 300, description: 'The socket’s path, without its query.' }) },
      { additionalProperties: false },
    ),
    response: { 201: T.Object({ ticket: T.String(), expires_at: Time }) },
  },
} as const satisfies Operation

/** Offered by browsers as `Sec-WebSocket-Protocol: shardlyn, ticket.<ticket>`; the server selects `shardlyn`. */
export const SOCKET_PROTOCOL = 'shardlyn'
export const TICKET_PREFIX = 'ticket.'

/** Close codes of every socket. 4401 means sign in again; 4403 the right is gone; 4404 the thing is gone. */
export const closeCodes = {
  unauthorized: 4401,
  forbidden: 4403,
  notFound: 4404,
  goingAway: 1001,
  tooSlow: 4408,
} as const
