import { type Static, Type as T } from 'typebox'
import type { Operation } from './operation.ts'
import { Id, Nullable, Page, PageQuery, Time } from './page.ts'

/** What happened in the organization, told by action key and parameters so that each client words it in its language. */
export const Activity = T.Object({
  id: Id,
  at: Time,
  action: T.String({ description: 'noun.verb, such as instance.crashed.' }),
  actor_name: Nullable(T.String({ description: 'Null where the system acted by itself.' })),
  subject_type: T.String(),
  subject_id: Nullable(T.String()),
  subject_name: Nullable(T.String()),
  reason: Nullable(T.String()),
})
export type Activity = Static<typeof Activity>

export const listActivity = {
  method: 'GET',
  url: '/v1/activity',
  auth: 'user',
  permission: 'instances.view',
  schema: {
    operationId: 'listActivity',
    summary: 'Recent changes and state changes',
    tags: ['activity'],
    querystring: T.Object(
      { ...PageQuery, subject_id: T.Optional(T.String({ maxLength: 64 })) },
      { additionalProperties: false },
    ),
    response: { 200: Page(Activity) },
  },
} as const satisfies Operation

/** Long work with its progress. Survives a reload and a restart. */
export const Task = T.Object({
  id: Id,
  kind: T.String({ description: 'Such as instance.install.' }),
  subject_type: T.String(),
  subject_id: T.String(),
  subject_name: T.String(),
  state: T.Union([T.Literal('running'), T.Literal('done'), T.Literal('failed')]),
  stage: Nullable(T.String()),
  percent: Nullable(T.Number()),
  error: Nullable(T.String()),
  started_at: Time,
  finished_at: Nullable(Time),
})
export type Task = Static<typeof Task>

export const listTasks = {
  method: 'GET',
  url: '/v1/tasks',
  auth: 'user',
  permission: 'instances.view',
  schema: {
    operationId: 'listTasks',
    summary: 'Long work, running and recent',
    tags: ['activity'],
    querystring: T.Object(
      { ...PageQuery, state: T.Optional(T.Union([T.Literal('running'), T.Literal('done'), T.Literal('failed')])) },
      { additionalProperties: false },
    ),
    response: { 200: Page(Task) },
  },
} as const satisfies Operation
