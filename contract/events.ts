import { type Static, Type as T } from 'typebox'
import type { Operation } from './operation.ts'
import { Time } from './page.ts'

/** Which results are out of date. Without `id` every result of the operation is. */
export const Stale = T.Object({ operation: T.String(), id: T.Optional(T.String()) })

/** One thing that happened in the caller's organization. `seq` grows by one an event and is what a reconnect resumes from. */
export const ServerEvent = T.Object({
  type: T.Literal('event'),
  seq: T.Integer(),
  at: Time,
  kind: T.String({ description: 'noun.verb, such as instance.state_changed.' }),
  subject_type: T.Optional(T.String()),
  subject_id: T.Optional(T.String()),
  stale: T.Array(Stale),
  data: T.Optional(T.Unknown({ description: 'Hot values, so that a list need not be asked for again.' })),
})
export type ServerEvent = Static<typeof ServerEvent>

/** First message on the stream. `resumed: false` means events may have been missed: ask for everything again. */
export const EventsHello = T.Object({
  type: T.Literal('hello'),
  seq: T.Integer(),
  resumed: T.Boolean(),
  run: T.String({ description: 'Of this start of the server; send it back with after.' }),
})
export type EventsMessage = ServerEvent | Static<typeof EventsHello>

export const openEvents = {
  method: 'GET',
  url: '/v1/events',
  auth: 'user',
  scope: 'any',
  kind: 'socket',
  schema: {
    operationId: 'openEvents',
    summary: 'WebSocket: what changed, by operation',
    tags: ['events'],
    querystring: T.Object(
      {
        after: T.Optional(T.Integer({ minimum: 0, description: 'The last seq seen.' })),
        run: T.Optional(T.String({ maxLength: 64 })),
      },
      { additionalProperties: false },
    ),
    response: {},
  },
} as const satisfies Operation
