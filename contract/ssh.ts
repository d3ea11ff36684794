import { type Static, Type as T } from 'typebox'
import type { Operation } from './operation.ts'
import { Id, IdParams, Nullable, Page, PageQuery, Time } from './page.ts'
import { Problem } from './problem.ts'

/**
 * The SSH certificate authority; the ways to a machine's sshd are `ssh-login.ts`. One CA serves all organizations, so a certificate does not bear
 * the bare name that one logs in with: principal `deploy` becomes `deploy@<node id>` when the certificate is for one machine, and
 * `deploy@<organization id>` when it is for all of the organization. Machines accept, for each login, just their own two
 * (docs/decisions/013-ssh-principals.md).
 */
export const DEFAULT_HOURS = 8
export const MAX_HOURS = 24
export const MIN_MINUTES = 5
/** Clocks differ: a certificate counts from a minute before it was made. */
export const BACKDATE_SECONDS = 60

/** A login name, as Linux makes them; `root` needs a permission of its own. */
export const Principal = T.String({ pattern: '^[a-z_][a-z0-9_-]{0,31}$' })

export const certificateExtensions = [
  'permit-pty',
  'permit-port-forwarding',
  'permit-agent-forwarding',
  'permit-X11-forwarding',
  'permit-user-rc',
] as const

export const getCaPublicKey = {
  method: 'GET',
  url: '/v1/ssh/ca-public-key',
  auth: 'public',
  kind: 'stream',
  schema: {
    operationId: 'getCaPublicKey',
    summary:
      'The CA keys to trust in OpenSSH format, one a line: the active one first, then the next one, then those being retired',
    tags: ['ssh'],
    response: {},
  },
} as const satisfies Operation

export const createCertificate = {
  method: 'POST',
  url: '/v1/ssh/certificate',
  auth: 'user',
  permission: 'nodes.ssh.login',
  schema: {
    operationId: 'createCertificate',
    summary: 'Generate a signed certificate',
    tags: ['ssh'],
    body: T.Object(
      {
        public_key: T.String({ minLength: 1, maxLength: 16384, description: 'In OpenSSH format.' }),
        principals: T.Array(Principal, { minItems: 1, maxItems: 16, uniqueItems: true }),
        validity_hours: T.Optional(
          T.Number({ minimum: 5 / 60, maximum: MAX_HOURS, description: 'Eight unless told; from five minutes.' }),
        ),
        node_id: T.Optional(Id),
        extensions: T.Optional(
          T.Array(T.Enum(certificateExtensions), {
            maxItems: 5,
            uniqueItems: true,
            description: 'permit-pty unless told.',
          }),
        ),
        force_command: T.Optional(T.String({ minLength: 1, maxLength: 1024, pattern: '^[^\\x00-\\x1f\\x7f]+$' })),
        source_addresses: T.Optional(
          T.Array(T.String({ minLength: 2, maxLength: 50 }), {
            minItems: 1,
            maxItems: 16,
            description:
              'Addresses or networks that it may be used from; anywhere unless told. Through the control plane one comes from the machine itself: name 127.0.0.1 and ::1 too for that.',
          }),
        ),
      },
      { additionalProperties: false },
    ),
    response: {
      200: T.Object({
        id: Id,
        certificate: T.String({ description: 'In OpenSSH format, for a file beside the key named …-cert.pub.' }),
        serial_number: T.String({ description: 'Decimal.' }),
        valid_after: Time,
        valid_before: Time,
        principals: T.Array(T.String(), { description: 'As they were asked for.' }),
      }),
      400: Problem,
      403: Problem,
      404: Problem,
      409: Problem,
    },
  },
} as const satisfies Operation

export const certificateStates = ['valid', 'expired', 'revoked'] as const
export const SshCertificate = T.Object({
  id: Id,
  serial_number: T.String(),
  key_id: T.String({ description: 'As sshd logs it: user:<id>:req:<id>.' }),
  state: T.Enum(certificateStates),
  purpose: T.Enum(['person', 'browser'], {
    description: '`browser`: of a session in the dashboard, whose key was never stored.',
  }),
  user_id: Nullable(Id),
  email: T.String(),
  node_id: Nullable(Id),
  node_name: Nullable(T.String()),
  principals: T.Array(T.String()),
  extensions: T.Array(T.String()),
  force_command: Nullable(T.String()),
  source_addresses: T.Array(T.String()),
  public_key_fingerprint: T.String(),
  ca_fingerprint: T.String(),
  certificate: T.String(),
  valid_after: Time,
  valid_before: Time,
  created_at: Time,
  revoked_at: Nullable(Time),
  revoked_by: Nullable(T.String()),
  revoke_reason: Nullable(T.String()),
})
export type SshCertificate = Static<typeof SshCertificate>

export const listCertificates = {
  method: 'GET',
  url: '/v1/ssh/certificates',
  auth: 'user',
  permission: 'nodes.ssh.login',
  schema: {
    operationId: 'listCertificates',
    summary: 'List certificates: one’s own; with members.view those of everybody in the organization',
    tags: ['ssh'],
    querystring: T.Object(
      {
        ...PageQuery,
        state: T.Optional(T.Enum(certificateStates)),
        node_id: T.Optional(Id),
        mine: T.Optional(T.Boolean()),
      },
      { additionalProperties: false },
    ),
    response: { 200: Page(SshCertificate) },
  },
} as const satisfies Operation

export const getCertificate = {
  method: 'GET',
  url: '/v1/ssh/certificates/:id',
  auth: 'user',
  permission: 'nodes.ssh.login',
  schema: {
    operationId: 'getCertificate',
    summary: 'Get certificate',
    tags: ['ssh'],
    params: IdParams,
    response: { 200: SshCertificate, 404: Problem },
  },
} as const satisfies Operation

export const revokeCertificate = {
  method: 'POST',
  url: '/v1/ssh/certificates/:id/revoke',
  auth: 'user',
  permission: 'nodes.ssh.login',
  schema: {
    operationId: 'revokeCertificate',
    summary:
      'Revoke certificate: machines are told at once, and sessions in the browser that use it end; others’ with members.update',
    tags: ['ssh'],
    params: IdParams,
    body: Nullable(T.Object({ reason: T.Optional(T.String({ maxLength: 300 })) }, { additionalProperties: false })),
    response: { 200: SshCertificate, 404: Problem, 409: Problem },
  },
} as const satisfies Operation

export const caKeyStates = ['next', 'active', 'retiring', 'retired'] as const
export const SshCaKey = T.Object({
  id: Id,
  state: T.Enum(caKeyStates, {
    description:
      '`next` is trusted by machines and signs nothing yet; `active` signs; `retiring` signs no more and is still trusted; `retired` is not trusted.',
  }),
  public_key: T.String(),
  fingerprint: T.String(),
  created_at: Time,
  activated_at: Nullable(Time),
  retiring_at: Nullable(Time),
  retired_at: Nullable(Time),
  certificates_valid: T.Integer({ description: 'Signed with it and good now.' }),
  nodes_trusting: T.Integer({ description: 'Machines whose agents have put it in place.' }),
  nodes_total: T.Integer({ description: 'Machines that take CA keys from here.' }),
})
export type SshCaKey = Static<typeof SshCaKey>

export const listCaKeys = {
  method: 'GET',
  url: '/v1/ssh/ca/keys',
  auth: 'admin',
  schema: {
    operationId: 'listCaKeys',
    summary: 'List CA keys',
    tags: ['ssh'],
    response: {
      200: T.Object({
        items: T.Array(SshCaKey),
        next_cursor: Nullable(T.String()),
        krl_version: T.Integer(),
        nodes: T.Array(
          T.Object({
            node_id: Id,
            node_name: T.String(),
            is_managed: T.Boolean(),
            is_current: T.Boolean({ description: 'Has these keys and this revocation list.' }),
            krl_version: Nullable(T.Integer()),
            problem: Nullable(T.String()),
          }),
          { description: 'How each machine stands; those behind come first, at most 200.' },
        ),
      }),
    },
  },
} as const satisfies Operation

export const createCaKey = {
  method: 'POST',
  url: '/v1/ssh/ca/keys',
  auth: 'admin',
  schema: {
    operationId: 'createCaKey',
    summary: 'Generate CA key: it becomes the next one, which machines are told to trust before it signs',
    tags: ['ssh'],
    response: { 201: SshCaKey, 409: Problem },
  },
} as const satisfies Operation

export const rotateCaKey = {
  method: 'POST',
  url: '/v1/ssh/ca/keys/rotate',
  auth: 'admin',
  schema: {
    operationId: 'rotateCaKey',
    summary:
      'Rotate CA key: next becomes active, active becomes retiring; refused while machines do not trust the next one, unless forced',
    tags: ['ssh'],
    body: Nullable(T.Object({ force: T.Optional(T.Boolean()) }, { additionalProperties: false })),
    response: { 200: SshCaKey, 409: Problem },
  },
} as const satisfies Operation

/** What machines are told to trust: all of it, each time. The agent checks it, puts it in place and answers with `NodeSsh`. */
export const SshTrust = T.Object({
  ca_keys: T.Array(T.String(), { description: 'OpenSSH lines.' }),
  krl: T.String({ description: 'An OpenSSH key revocation list, base64; never empty.' }),
  krl_version: T.Integer(),
  scopes: T.Array(T.String(), {
    description: 'What may stand behind the @ of a principal: its own id and its organization’s.',
  }),
})
export type SshTrust = Static<typeof SshTrust>
