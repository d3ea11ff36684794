import { type Static, Type as T } from 'typebox'
import type { Operation } from './operation.ts'
import { Tokens } from './auth.ts'
import { Id, IdParams, Nullable, Time } from './page.ts'
import { Problem } from './problem.ts'

/** Six digits of an authenticator app, or one of the recovery codes, which have letters. */
const Code = T.String({ minLength: 6, maxLength: 32 })
const TotpCode = T.String({ pattern: '^[0-9]{6}$' })
const Challenge = T.String({ minLength: 1, maxLength: 128 })
/** As `@simplewebauthn/browser` takes and makes it: the WebAuthn JSON of the W3C's level 3. */
const WebAuthnJson = T.Record(T.String({ maxLength: 64 }), T.Unknown(), { maxProperties: 20 })

export const RecoveryCodes = T.Object({
  recovery_codes: T.Array(T.String(), { description: 'Ten, shown this once; each is good for one sign-in.' }),
})

export const MfaStatus = T.Object({
  enabled: T.Boolean({ description: 'A second factor is asked for at every sign-in.' }),
  totp: T.Boolean(),
  passkeys: T.Integer(),
  recovery_codes_left: T.Integer(),
  required: T.Boolean({ description: 'An administrator asks everybody for a second factor.' }),
})
export type MfaStatus = Static<typeof MfaStatus>

export const getMfaStatus = {
  method: 'GET',
  url: '/v1/auth/mfa/status',
  auth: 'user',
  early: true,
  schema: {
    operationId: 'getMfaStatus',
    summary: 'Check if MFA is enabled',
    tags: ['mfa'],
    response: { 200: MfaStatus },
  },
} as const satisfies Operation

export const enrollMfa = {
  method: 'POST',
  url: '/v1/auth/mfa/enroll',
  auth: 'user',
  credential: 'session',
  early: true,
  schema: {
    operationId: 'enrollMfa',
    summary: 'Start enrolling an authenticator app; nothing changes until it is verified',
    tags: ['mfa'],
    response: {
      200: T.Object({ secret: T.String({ description: 'Base32.' }), otpauth_uri: T.String() }),
      409: Problem,
    },
  },
} as const satisfies Operation

export const verifyMfa = {
  method: 'POST',
  url: '/v1/auth/mfa/verify',
  auth: 'user',
  credential: 'session',
  early: true,
  schema: {
    operationId: 'verifyMfa',
    summary: 'Confirm the enrollment with a code; other sessions end',
    tags: ['mfa'],
    body: T.Object({ code: TotpCode }, { additionalProperties: false }),
    response: { 200: RecoveryCodes, 400: Problem, 409: Problem },
  },
} as const satisfies Operation

export const disableMfa = {
  method: 'POST',
  url: '/v1/auth/mfa/disable',
  auth: 'user',
  credential: 'session',
  schema: {
    operationId: 'disableMfa',
    summary: 'Switch every second factor off with a current code; other sessions end',
    tags: ['mfa'],
    body: T.Object({ code: Code }, { additionalProperties: false }),
    response: { 204: T.Null(), 400: Problem, 409: Problem },
  },
} as const satisfies Operation

export const challengeMfa = {
  method: 'POST',
  url: '/v1/auth/mfa/challenge',
  auth: 'public',
  schema: {
    operationId: 'challengeMfa',
    summary: 'Finish a sign-in with a TOTP or recovery code',
    tags: ['mfa'],
    body: T.Object({ challenge_token: Challenge, code: Code }, { additionalProperties: false }),
    response: { 200: Tokens },
  },
} as const satisfies Operation

export const regenerateRecoveryCodes = {
  method: 'POST',
  url: '/v1/auth/mfa/recovery-codes',
  auth: 'user',
  credential: 'session',
  schema: {
    operationId: 'regenerateRecoveryCodes',
    summary: 'Make ten new recovery codes; the old ones end',
    tags: ['mfa'],
    body: T.Object({ code: Code }, { additionalProperties: false }),
    response: { 200: RecoveryCodes, 400: Problem, 409: Problem },
  },
} as const satisfies Operation

export const Passkey = T.Object({
  id: Id,
  name: T.String(),
  is_synced: T.Boolean({ description: 'Kept by a password manager, not bound to one device.' }),
  created_at: Time,
  last_used_at: Nullable(Time),
})
export type Passkey = Static<typeof Passkey>
const WebAuthnOptions = T.Object({ challenge_token: T.String(), options: WebAuthnJson })

export const listPasskeys = {
  method: 'GET',
  url: '/v1/auth/mfa/passkeys',
  auth: 'user',
  credential: 'session',
  early: true,
  schema: {
    operationId: 'listPasskeys',
    summary: 'List own passkeys',
    tags: ['mfa'],
    response: { 200: T.Object({ items: T.Array(Passkey) }) },
  },
} as const satisfies Operation

export const beginPasskey = {
  method: 'POST',
  url: '/v1/auth/mfa/passkeys/options',
  auth: 'user',
  credential: 'session',
  early: true,
  schema: {
    operationId: 'beginPasskey',
    summary: 'What the browser needs to make a passkey',
    tags: ['mfa'],
    response: { 200: WebAuthnOptions, 409: Problem },
  },
} as const satisfies Operation

/** With the first factor of an account its recovery codes come too. */
export const createPasskey = {
  method: 'POST',
  url: '/v1/auth/mfa/passkeys',
  auth: 'user',
  credential: 'session',
  early: true,
  schema: {
    operationId: 'createPasskey',
    summary: 'Keep the passkey that the browser made; other sessions end',
    tags: ['mfa'],
    body: T.Object(
      {
        challenge_token: Challenge,
        name: T.String({ minLength: 1, maxLength: 60, pattern: '\\S' }),
        response: WebAuthnJson,
      },
      { additionalProperties: false },
    ),
    response: {
      201: T.Object({ ...Passkey.properties, recovery_codes: T.Optional(RecoveryCodes.properties.recovery_codes) }),
      400: Problem,
      409: Problem,
    },
  },
} as const satisfies Operation

export const deletePasskey = {
  method: 'DELETE',
  url: '/v1/auth/mfa/passkeys/:id',
  auth: 'user',
  credential: 'session',
  schema: {
    operationId: 'deletePasskey',
    summary: 'Remove a passkey; other sessions end',
    tags: ['mfa'],
    params: IdParams,
    response: { 204: T.Null(), 404: Problem, 409: Problem },
  },
} as const satisfies Operation

export const beginPasskeySignIn = {
  method: 'POST',
  url: '/v1/auth/passkey/options',
  auth: 'public',
  schema: {
    operationId: 'beginPasskeySignIn',
    summary: 'What the browser needs to sign in with a passkey, alone or as the second factor',
    tags: ['mfa'],
    body: T.Object({ challenge_token: T.Optional(Challenge) }, { additionalProperties: false }),
    response: { 200: WebAuthnOptions, 409: Problem },
  },
} as const satisfies Operation

export const passkeySignIn = {
  method: 'POST',
  url: '/v1/auth/passkey',
  auth: 'public',
  schema: {
    operationId: 'passkeySignIn',
    summary: 'Sign in with a passkey',
    tags: ['mfa'],
    body: T.Object({ challenge_token: Challenge, response: WebAuthnJson }, { additionalProperties: false }),
    response: { 200: Tokens },
  },
} as const satisfies Operation
