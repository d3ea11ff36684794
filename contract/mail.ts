import { type Static, Type as T } from 'typebox'
import type { Operation } from './operation.ts'
import { Id, Nullable, Time } from './page.ts'
import { Problem } from './problem.ts'

export const MailSettings = T.Object(
  {
    enabled: T.Boolean(),
    host: T.String({ maxLength: 253 }),
    port: T.Integer({ minimum: 1, maximum: 65535 }),
    security: T.Enum(['tls', 'starttls', 'none'], {
      description: 'tls from the first byte (465), starttls required (587), or none.',
    }),
    username: T.String({ maxLength: 254, description: 'Empty: no authentication.' }),
    from: T.String({ maxLength: 254, description: 'Address, or Name <address>.' }),
  },
  { additionalProperties: false },
)
export type MailSettings = Static<typeof MailSettings>
const MailAnswer = T.Object({
  ...MailSettings.properties,
  has_password: T.Boolean(),
  last_error: Nullable(T.String({ description: 'Of the last mail that could not be sent.' })),
  last_error_at: Nullable(Time),
  last_sent_at: Nullable(Time),
})

export const getMailSettings = {
  method: 'GET',
  url: '/v1/admin/settings/mail',
  auth: 'admin',
  schema: {
    operationId: 'getMailSettings',
    summary: 'Get the mail settings',
    tags: ['admin'],
    response: { 200: MailAnswer },
  },
} as const satisfies Operation

export const updateMailSettings = {
  method: 'PUT',
  url: '/v1/admin/settings/mail',
  auth: 'admin',
  schema: {
    operationId: 'updateMailSettings',
    summary: 'Change the mail settings; absent fields stay',
    tags: ['admin'],
    body: T.Object(
      {
        ...T.Partial(MailSettings).properties,
        password: T.Optional(T.String({ maxLength: 500, description: 'Kept sealed, never shown again.' })),
      },
      { additionalProperties: false, minProperties: 1 },
    ),
    response: { 200: MailAnswer, 400: Problem },
  },
} as const satisfies Operation

/** A server that refuses is `accepted: false` with its words, not an error. */
export const testMail = {
  method: 'POST',
  url: '/v1/admin/settings/mail/test',
  auth: 'admin',
  schema: {
    operationId: 'testMail',
    summary: 'Send a test mail with the saved settings',
    tags: ['admin'],
    body: T.Object({ to: T.String({ format: 'email', maxLength: 254 }) }, { additionalProperties: false }),
    response: {
      200: T.Object({ accepted: T.Boolean(), answer: T.String({ description: 'What the mail server said.' }) }),
      409: Problem,
    },
  },
} as const satisfies Operation

/** A link that could not be mailed and waits for an administrator to hand it out. */
export const WaitingLink = T.Object({
  id: Id,
  kind: T.Enum(['password_reset', 'invite']),
  email: T.String(),
  link: T.String(),
  created_at: Time,
  expires_at: Time,
})
export type WaitingLink = Static<typeof WaitingLink>

export const listWaitingLinks = {
  method: 'GET',
  url: '/v1/admin/links',
  auth: 'admin',
  credential: 'session',
  schema: {
    operationId: 'listWaitingLinks',
    summary: 'Links that could not be mailed, for an administrator to copy',
    tags: ['admin'],
    response: { 200: T.Object({ items: T.Array(WaitingLink), next_cursor: T.Null() }) },
  },
} as const satisfies Operation
