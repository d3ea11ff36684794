import { type Static, Type as T } from 'typebox'
import type { Operation } from './operation.ts'
import { IdParams, Nullable, Time } from './page.ts'
import { Problem } from './problem.ts'

/**
 * Both sockets speak the same way. Server to viewer: text messages are `ConsoleServerMessage` as JSON; binary
 * messages are the output's bytes, each following the last without a hole, the first at `start.offset`. Viewer to
 * server: text messages are `ConsoleClientMessage`. Offsets count the bytes that the server ever printed.
 */
export const ConsoleServerMessage = T.Union([
  T.Object({ type: T.Literal('start'), offset: T.Integer(), oldest: T.Integer(), newest: T.Integer() }),
  T.Object({ type: T.Literal('gap'), from: T.Integer(), to: T.Integer(), description: T.Optional(T.String()) }),
  T.Object({ type: T.Literal('reconnecting'), reason: T.String() }),
  T.Object({ type: T.Literal('refused'), code: T.String(), error: T.String() }),
])
export type ConsoleServerMessage = Static<typeof ConsoleServerMessage>

export const ConsoleClientMessage = T.Union([
  T.Object({ type: T.Literal('input'), data: T.String({ maxLength: 65536 }) }, { additionalProperties: false }),
  T.Object(
    {
      type: T.Literal('resize'),
      cols: T.Integer({ minimum: 2, maximum: 1000 }),
      rows: T.Integer({ minimum: 2, maximum: 1000 }),
    },
    { additionalProperties: false },
  ),
  T.Object({ type: T.Literal('ack'), offset: T.Integer({ minimum: 0 }) }, { additionalProperties: false }),
])
export type ConsoleClientMessage = Static<typeof ConsoleClientMessage>

/** The viewer acknowledges at least every ACK_EVERY bytes; the server pauses at UNACKED_MAX. */
export const ACK_EVERY = 64 * 1024
export const UNACKED_MAX = 512 * 1024

const socketQuery = T.Object(
  {
    from: T.Optional(T.Integer({ minimum: 0, description: 'Resume at this offset.' })),
    tail: T.Optional(
      T.Integer({
        minimum: 0,
        maximum: 4194304,
        default: 65536,
        description: 'Without from: how many of the last bytes to begin with.',
      }),
    ),
  },
  { additionalProperties: false },
)

export const openConsole = {
  method: 'GET',
  url: '/v1/instances/:id/console',
  auth: 'user',
  permission: 'instances.console',
  per: 'instance',
  kind: 'socket',
  schema: {
    operationId: 'openConsole',
    summary: 'WebSocket: interactive console',
    tags: ['console'],
    params: IdParams,
    querystring: socketQuery,
    response: { 404: Problem },
  },
} as const satisfies Operation

export const openLogs = {
  method: 'GET',
  url: '/v1/instances/:id/logs',
  auth: 'user',
  permission: 'instances.console',
  per: 'instance',
  kind: 'socket',
  schema: {
    operationId: 'openLogs',
    summary: 'WebSocket: live logs, read only',
    tags: ['console'],
    params: IdParams,
    querystring: socketQuery,
    response: { 404: Problem },
  },
} as const satisfies Operation

export const LogLine = T.Object({
  offset: T.Integer({ description: 'Where the line begins.' }),
  next: T.Integer({ description: 'Where the line after it begins.' }),
  at: Nullable(Time),
  text: T.String({ description: 'Without its line end; escape sequences kept.' }),
})
export type LogLine = Static<typeof LogLine>

export const getLogHistory = {
  method: 'GET',
  url: '/v1/instances/:id/logs/history',
  auth: 'user',
  permission: 'instances.console',
  per: 'instance',
  schema: {
    operationId: 'getLogHistory',
    summary: 'Lines before or after an offset, all or those that contain a text; oldest first',
    tags: ['console'],
    params: IdParams,
    querystring: T.Object(
      {
        before: T.Optional(T.Integer({ minimum: 0 })),
        after: T.Optional(T.Integer({ minimum: 0 })),
        search: T.Optional(T.String({ minLength: 1, maxLength: 200, description: 'Case does not matter.' })),
        limit: T.Optional(T.Integer({ minimum: 1, maximum: 1000, default: 200 })),
      },
      { additionalProperties: false },
    ),
    response: {
      200: T.Object({
        items: T.Array(LogLine),
        before: Nullable(T.Integer({ description: 'Ask for lines before this; null at the oldest.' })),
        after: Nullable(T.Integer({ description: 'Ask for lines after this; null at the newest.' })),
        oldest: T.Integer(),
        newest: T.Integer(),
      }),
      404: Problem,
      503: Problem,
    },
  },
} as const satisfies Operation

const text = (url: `/${string}`, operationId: string, summary: string) =>
  ({
    method: 'GET',
    url,
    auth: 'user',
    permission: 'instances.console',
    per: 'instance',
    kind: 'stream',
    schema: { operationId, summary, tags: ['console'], params: IdParams, response: { 404: Problem, 503: Problem } },
  }) as const satisfies Operation

export const downloadLogs = text('/v1/instances/:id/logs/download', 'downloadLogs', 'Download the kept log as text')

export const getInstallLogs = {
  method: 'GET',
  url: '/v1/instances/:id/install-logs',
  auth: 'user',
  permission: 'instances.console',
  per: 'instance',
  schema: {
    operationId: 'getInstallLogs',
    summary: 'What the last installation printed',
    tags: ['console'],
    params: IdParams,
    querystring: T.Object({ from: T.Optional(T.Integer({ minimum: 0 })) }, { additionalProperties: false }),
    response: {
      200: T.Object({
        text: T.String(),
        next: T.Integer({ description: 'Send as from to get what came after.' }),
        state: T.Union([T.Literal('none'), T.Literal('running'), T.Literal('done'), T.Literal('failed')]),
      }),
      404: Problem,
      503: Problem,
    },
  },
} as const satisfies Operation

export const clearLogs = {
  method: 'DELETE',
  url: '/v1/instances/:id/logs/clear',
  auth: 'user',
  permission: 'instances.logs.clear',
  per: 'instance',
  schema: {
    operationId: 'clearLogs',
    summary: 'Delete the kept log; offsets go on',
    tags: ['console'],
    params: IdParams,
    response: { 204: T.Null(), 404: Problem, 503: Problem },
  },
} as const satisfies Operation
