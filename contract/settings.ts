import { type Static, Type as T } from 'typebox'
import type { Operation } from './operation.ts'
import { registrationModes } from './auth.ts'
import { Nullable, Time } from './page.ts'
import { Problem } from './problem.ts'

export const Preferences = T.Object(
  { language: Nullable(T.Enum(['en', 'pt-BR'])), theme: Nullable(T.Enum(['system', 'light', 'dark'])) },
  { additionalProperties: false, description: 'Null: as the browser or the system has it.' },
)
export type Preferences = Static<typeof Preferences>

export const SshKey = T.Object({
  name: T.String(),
  type: T.String({ description: 'ssh-ed25519, ssh-rsa, ecdsa-sha2-nistp256 and so on.' }),
  bits: T.Integer(),
  public_key: T.String({ description: 'In OpenSSH format.' }),
  fingerprint: T.String({ description: 'SHA256:…' }),
  is_default: T.Boolean({ description: 'Given to newly provisioned machines.' }),
  created_at: Time,
})
export type SshKey = Static<typeof SshKey>

/** What concerns everybody on this installation. Administrators change it. */
export const PlatformSettings = T.Object(
  {
    name: T.String({
      minLength: 1,
      maxLength: 60,
      pattern: '\\S',
      description: 'Of this installation, in titles and mails.',
    }),
    language: T.Enum(['en', 'pt-BR'], { description: 'Of mails to people who have chosen none.' }),
    support_email: Nullable(T.String({ format: 'email', maxLength: 254 })),
  },
  { additionalProperties: false },
)
export type PlatformSettings = Static<typeof PlatformSettings>

export const Settings = T.Object({
  preferences: Preferences,
  ssh_keys: T.Array(SshKey),
  platform: PlatformSettings,
})
export type Settings = Static<typeof Settings>

export const getSettings = {
  method: 'GET',
  url: '/v1/settings',
  auth: 'user',
  scope: 'platform.admin',
  schema: {
    operationId: 'getSettings',
    summary: 'Own preferences and SSH keys, and the platform’s settings',
    tags: ['settings'],
    response: { 200: Settings },
  },
} as const satisfies Operation

export const updateSettings = {
  method: 'PUT',
  url: '/v1/settings',
  auth: 'user',
  scope: 'platform.admin',
  schema: {
    operationId: 'updateSettings',
    summary: 'Change own preferences, and as an administrator the platform’s settings; absent fields stay',
    tags: ['settings'],
    body: T.Object(
      {
        // A partial object is open until it is closed again.
        preferences: T.Optional(T.Object(T.Partial(Preferences).properties, { additionalProperties: false })),
        platform: T.Optional(T.Object(T.Partial(PlatformSettings).properties, { additionalProperties: false })),
      },
      { additionalProperties: false, minProperties: 1 },
    ),
    response: { 200: Settings, 403: Problem },
  },
} as const satisfies Operation

const KeyName = T.String({ minLength: 1, maxLength: 60, pattern: '^[A-Za-z0-9][A-Za-z0-9 ._@-]*$' })
const KeyParams = T.Object({ name: KeyName }, { additionalProperties: false })

/** Ed25519, ECDSA, and RSA from 2,048 bits; a private key is refused. The first becomes the default. At most 50. */
export const addSshKey = {
  method: 'POST',
  url: '/v1/settings/ssh-keys',
  auth: 'user',
  credential: 'session',
  schema: {
    operationId: 'addSshKey',
    summary: 'Add SSH key',
    tags: ['settings'],
    body: T.Object(
      { name: KeyName, public_key: T.String({ minLength: 1, maxLength: 16384 }) },
      { additionalProperties: false },
    ),
    response: { 201: SshKey, 400: Problem, 409: Problem },
  },
} as const satisfies Operation

export const removeSshKey = {
  method: 'DELETE',
  url: '/v1/settings/ssh-keys/:name',
  auth: 'user',
  credential: 'session',
  schema: {
    operationId: 'removeSshKey',
    summary: 'Remove SSH key',
    tags: ['settings'],
    params: KeyParams,
    response: { 204: T.Null(), 404: Problem },
  },
} as const satisfies Operation

export const setDefaultSshKey = {
  method: 'POST',
  url: '/v1/settings/ssh-keys/:name/default',
  auth: 'user',
  credential: 'session',
  schema: {
    operationId: 'setDefaultSshKey',
    summary: 'Set default key',
    tags: ['settings'],
    params: KeyParams,
    response: { 200: SshKey, 404: Problem },
  },
} as const satisfies Operation

/** Who may come in, and how. */
export const SignInPolicy = T.Object(
  {
    registration: T.Enum(registrationModes),
    require_mfa: T.Boolean({ description: 'Everybody must set up a second factor before anything else.' }),
    github: T.Object(
      {
        enabled: T.Boolean(),
        client_id: T.String({ maxLength: 200 }),
        base_url: T.String({
          format: 'uri',
          pattern: '^https?://',
          maxLength: 300,
          description: 'Of GitHub, or of an own GitHub Enterprise.',
        }),
        api_url: T.String({ format: 'uri', pattern: '^https?://', maxLength: 300 }),
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
)
export type SignInPolicy = Static<typeof SignInPolicy>
const SignInPolicyAnswer = T.Object({
  ...SignInPolicy.properties,
  github: T.Object({
    ...SignInPolicy.properties.github.properties,
    has_client_secret: T.Boolean(),
    callback_url: T.String(),
  }),
})

export const getSignInPolicy = {
  method: 'GET',
  url: '/v1/admin/settings/sign-in',
  auth: 'admin',
  schema: {
    operationId: 'getSignInPolicy',
    summary: 'Get the sign-in policy',
    tags: ['admin'],
    response: { 200: SignInPolicyAnswer },
  },
} as const satisfies Operation

/** Requiring a second factor is refused (409) while the caller has none. */
export const updateSignInPolicy = {
  method: 'PUT',
  url: '/v1/admin/settings/sign-in',
  auth: 'admin',
  schema: {
    operationId: 'updateSignInPolicy',
    summary: 'Change the sign-in policy; absent fields stay',
    tags: ['admin'],
    body: T.Object(
      {
        registration: T.Optional(SignInPolicy.properties.registration),
        require_mfa: T.Optional(SignInPolicy.properties.require_mfa),
        github: T.Optional(
          T.Object(
            {
              ...T.Partial(SignInPolicy.properties.github).properties,
              client_secret: T.Optional(T.String({ maxLength: 200, description: 'Kept sealed, never shown again.' })),
            },
            { additionalProperties: false },
          ),
        ),
      },
      { additionalProperties: false, minProperties: 1 },
    ),
    response: { 200: SignInPolicyAnswer, 400: Problem, 409: Problem },
  },
} as const satisfies Operation
