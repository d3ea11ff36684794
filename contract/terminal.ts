import { type Static, Type as T } from 'typebox'
import type { Operation } from './operation.ts'
import { Id, IdParams, Nullable, Page, PageQuery, Time } from './page.ts'
import { Problem } from './problem.ts'

/**
 * Shells on machines. Two ways in, one protocol: `openTerminal` is a shell under the agent, where the machine allows it; `openSsh`
 * (contract/ssh-login.ts) logs in to its sshd with a certificate of a moment.
 *
 * Server to viewer: text messages are `TerminalServerMessage`; binary messages are what the shell printed, each following the
 * last without a hole, the first at `start.offset`. Viewer to server: `TerminalClientMessage`. The viewer acknowledges as a console's
 * does (ACK_EVERY, UNACKED_MAX of contract/console.ts). A session outlives its socket by `REATTACH_SECONDS`: whoever opened it
 * comes back with `session` and `from`, and misses nothing.
 */
export const REATTACH_SECONDS = 60
/** A shell in which nothing is typed and nothing printed for so long is ended. */
export const IDLE_SECONDS = 30 * 60
/** Per person and machine. */
export const MAX_TERMINALS = 16

export const TerminalServerMessage = T.Union([
  T.Object({
    type: T.Literal('start'),
    session: Id,
    offset: T.Integer(),
    oldest: T.Integer(),
    newest: T.Integer(),
    is_recorded: T.Boolean(),
    login: T.String({ description: 'Whom the shell runs as.' }),
  }),
  T.Object({ type: T.Literal('gap'), from: T.Integer(), to: T.Integer() }),
  T.Object({ type: T.Literal('reconnecting'), reason: T.String() }),
  T.Object({ type: T.Literal('refused'), code: T.String(), error: T.String() }),
  T.Object({
    type: T.Literal('ended'),
    reason: T.Enum(['exited', 'closed', 'idle', 'lost', 'revoked', 'refused', 'node_offline']),
    exit_code: Nullable(T.Integer()),
    signal: Nullable(T.String()),
    detail: Nullable(T.String({ description: 'In words, where there is more to say.' })),
  }),
])
export type TerminalServerMessage = Static<typeof TerminalServerMessage>

const size = { cols: T.Integer({ minimum: 2, maximum: 1000 }), rows: T.Integer({ minimum: 2, maximum: 1000 }) }
export const TerminalClientMessage = T.Union([
  T.Object({ type: T.Literal('input'), data: T.String({ maxLength: 65536 }) }, { additionalProperties: false }),
  T.Object({ type: T.Literal('resize'), ...size }, { additionalProperties: false }),
  T.Object({ type: T.Literal('ack'), offset: T.Integer({ minimum: 0 }) }, { additionalProperties: false }),
  T.Object({ type: T.Literal('close') }, { additionalProperties: false, description: 'End the shell now.' }),
])
export type TerminalClientMessage = Static<typeof TerminalClientMessage>

/** What both kinds of sockets take. */
export const terminalQuery = {
  session: T.Optional(T.String({ format: 'uuid', description: 'Come back to this one.' })),
  from: T.Optional(
    T.Integer({ minimum: 0, description: 'With session: the offset after the last byte that is there.' }),
  ),
  cols: T.Optional(T.Integer({ minimum: 2, maximum: 1000, default: 80 })),
  rows: T.Optional(T.Integer({ minimum: 2, maximum: 1000, default: 24 })),
} as const

export const openTerminal = {
  method: 'GET',
  url: '/v1/nodes/:id/terminal',
  auth: 'user',
  permission: 'nodes.terminal',
  kind: 'socket',
  schema: {
    operationId: 'openTerminal',
    summary: 'WebSocket terminal',
    tags: ['terminal'],
    params: IdParams,
    querystring: T.Object(terminalQuery, { additionalProperties: false }),
    response: { 403: Problem, 404: Problem, 503: Problem },
  },
} as const satisfies Operation

/** Between control plane and agent: begins a shell. */
export const TerminalBegin = T.Object({ ...size }, { additionalProperties: false })
export const TerminalBegun = T.Object({
  id: T.String({ pattern: '^[A-Za-z0-9-]{1,64}$' }),
  login: T.String({ maxLength: 64, pattern: '^[^\\x00-\\x1f\\x7f]*$' }),
})
/** In the header x-ended: how a shell ended. */
export const TerminalOver = T.Object({
  reason: T.Enum(['exited', 'closed', 'idle']),
  exit_code: Nullable(T.Integer()),
  signal: Nullable(T.String({ maxLength: 32, pattern: '^[A-Za-z0-9 ]*$' })),
})
export type TerminalOver = Static<typeof TerminalOver>

export const TerminalSession = T.Object({
  id: Id,
  node_id: Id,
  node_name: T.String(),
  kind: T.Enum(['terminal', 'ssh']),
  user_id: Nullable(Id),
  email: T.String(),
  login: T.String(),
  ip: Nullable(T.String()),
  started_at: Time,
  ended_at: Nullable(Time),
  end_reason: Nullable(T.String()),
  bytes: T.Number({ description: 'That it printed.' }),
  recording_bytes: Nullable(T.Number({ description: 'Null: not recorded, or deleted.' })),
})
export type TerminalSession = Static<typeof TerminalSession>

export const listTerminalSessions = {
  method: 'GET',
  url: '/v1/nodes/:id/terminal-sessions',
  auth: 'user',
  permission: 'nodes.terminal',
  schema: {
    operationId: 'listTerminalSessions',
    summary: 'Who was on a machine, in terminals and over SSH in the browser',
    tags: ['terminal'],
    params: IdParams,
    querystring: T.Object({ ...PageQuery }, { additionalProperties: false }),
    response: { 200: Page(TerminalSession), 404: Problem },
  },
} as const satisfies Operation

const RecordingParams = T.Object({ id: Id, sessionId: Id }, { additionalProperties: false })
/** asciicast v2 (https://docs.asciinema.org/manual/asciicast/v2/): what was printed and resized, not what was typed. */
export const getTerminalRecording = {
  method: 'GET',
  url: '/v1/nodes/:id/terminal-sessions/:sessionId/recording',
  auth: 'user',
  permission: 'nodes.terminal',
  kind: 'stream',
  schema: {
    operationId: 'getTerminalRecording',
    summary: 'What a session printed, as asciicast v2',
    tags: ['terminal'],
    params: RecordingParams,
    response: { 404: Problem },
  },
} as const satisfies Operation

export const deleteTerminalRecording = {
  method: 'DELETE',
  url: '/v1/nodes/:id/terminal-sessions/:sessionId/recording',
  auth: 'user',
  permission: 'nodes.update',
  schema: {
    operationId: 'deleteTerminalRecording',
    summary: 'Delete a recording; that the session was stays known',
    tags: ['terminal'],
    params: RecordingParams,
    response: { 204: T.Null(), 404: Problem },
  },
} as const satisfies Operation
