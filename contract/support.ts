import { type Static, Type as T } from 'typebox'
import type { Operation } from './operation.ts'
import { Id, IdParams, Nullable, Page, PageQuery, Time } from './page.ts'
import { Problem } from './problem.ts'

/** A part of the diagnostics bundle, which the person sees and may leave out. Secrets are already taken out of it. */
export const DiagnosticsPart = T.Object({
  name: T.Enum(['versions', 'system', 'nodes', 'instances', 'jobs', 'log']),
  text: T.String({ description: 'What would be sent, to the letter.' }),
})
export type DiagnosticsPart = Static<typeof DiagnosticsPart>
const partNames = DiagnosticsPart.properties.name

/** The server’s log and the installation’s own state come only for administrators. */
export const getDiagnostics = {
  method: 'GET',
  url: '/v1/support/diagnostics',
  auth: 'user',
  schema: {
    operationId: 'getDiagnostics',
    summary: 'Preview the diagnostics that a message can carry',
    tags: ['support'],
    response: { 200: T.Object({ parts: T.Array(DiagnosticsPart) }) },
  },
} as const satisfies Operation

/** At most five an hour a person. */
export const sendSupportMessage = {
  method: 'POST',
  url: '/v1/support/messages',
  auth: 'user',
  schema: {
    operationId: 'sendSupportMessage',
    summary: 'Send support message',
    tags: ['support'],
    body: T.Object(
      {
        subject: T.String({ minLength: 1, maxLength: 120, pattern: '\\S' }),
        message: T.String({ minLength: 1, maxLength: 10000, pattern: '\\S' }),
        diagnostics: T.Optional(T.Array(partNames, { uniqueItems: true })),
      },
      { additionalProperties: false },
    ),
    response: {
      201: T.Object({
        id: Id,
        created_at: Time,
        mailed: T.Boolean({ description: 'False: stored for the administrator to read.' }),
      }),
      429: Problem,
    },
  },
} as const satisfies Operation

export const SupportMessage = T.Object({
  id: Id,
  email: T.String(),
  organization_name: Nullable(T.String()),
  subject: T.String(),
  message: T.String(),
  diagnostics: T.Array(DiagnosticsPart),
  mailed_at: Nullable(Time),
  mail_error: Nullable(T.String()),
  created_at: Time,
})
export type SupportMessage = Static<typeof SupportMessage>

export const listSupportMessages = {
  method: 'GET',
  url: '/v1/admin/support-messages',
  auth: 'admin',
  schema: {
    operationId: 'listSupportMessages',
    summary: 'List support messages, newest first',
    tags: ['support'],
    querystring: T.Object(PageQuery, { additionalProperties: false }),
    response: { 200: Page(SupportMessage) },
  },
} as const satisfies Operation

export const deleteSupportMessage = {
  method: 'DELETE',
  url: '/v1/admin/support-messages/:id',
  auth: 'admin',
  schema: {
    operationId: 'deleteSupportMessage',
    summary: 'Delete a support message',
    tags: ['support'],
    params: IdParams,
    response: { 204: T.Null(), 404: Problem },
  },
} as const satisfies Operation

/** 404 `helpscout_not_set_up` until an administrator has entered the Beacon’s id and secret. */
export const getHelpScoutSignature = {
  method: 'GET',
  url: '/v1/support/helpscout/signature',
  auth: 'user',
  schema: {
    operationId: 'getHelpScoutSignature',
    summary: 'HelpScout widget signature',
    tags: ['support'],
    response: {
      200: T.Object({
        email: T.String(),
        signature: T.String({ description: 'HMAC-SHA-256 of the address under the Beacon’s secret key, in hex.' }),
        beacon_id: T.String(),
      }),
      404: Problem,
    },
  },
} as const satisfies Operation

export const SupportSettings = T.Object(
  {
    email: Nullable(T.String({ format: 'email', maxLength: 254, description: 'Where messages are mailed to.' })),
    helpscout_beacon_id: T.String({ maxLength: 100 }),
  },
  { additionalProperties: false },
)
const SupportAnswer = T.Object({ ...SupportSettings.properties, has_helpscout_secret: T.Boolean() })

export const getSupportSettings = {
  method: 'GET',
  url: '/v1/admin/settings/support',
  auth: 'admin',
  schema: {
    operationId: 'getSupportSettings',
    summary: 'Get the support settings',
    tags: ['support'],
    response: { 200: SupportAnswer },
  },
} as const satisfies Operation

export const updateSupportSettings = {
  method: 'PUT',
  url: '/v1/admin/settings/support',
  auth: 'admin',
  schema: {
    operationId: 'updateSupportSettings',
    summary: 'Change the support settings; absent fields stay',
    tags: ['support'],
    body: T.Object(
      { ...T.Partial(SupportSettings).properties, helpscout_secret: T.Optional(T.String({ maxLength: 200 })) },
      { additionalProperties: false, minProperties: 1 },
    ),
    response: { 200: SupportAnswer },
  },
} as const satisfies Operation
