import { type Static, Type as T } from 'typebox'
import { AgentRelease, JoinAddress } from './install.ts'
import type { Operation } from './operation.ts'
import { Nullable, Time } from './page.ts'
import { Problem } from './problem.ts'

/**
 * Whether others on the network reach this control plane. Off until an administrator switches it on; then a second listener speaks
 * TLS with a certificate of our own, which agents pin by its public key. The listener on this machine stays as it is.
 */
export const NetworkSettings = T.Object({
  is_enabled: T.Boolean(),
  port: T.Integer(),
  addresses: T.Array(T.String(), { description: 'https://… on each of this machine’s addresses.' }),
  fingerprint: Nullable(T.String({ description: 'sha256//… of our public key, as curl’s --pinnedpubkey takes it.' })),
  certificate_expires_at: Nullable(Time),
  public_url: Nullable(T.String({ description: 'SHARDLYN_PUBLIC_URL: a name with a certificate that systems trust.' })),
  problem: Nullable(T.String({ description: 'Why nobody listens although it is switched on.' })),
})
export type NetworkSettings = Static<typeof NetworkSettings>

export const getNetworkSettings = {
  method: 'GET',
  url: '/v1/admin/settings/network',
  auth: 'admin',
  schema: {
    operationId: 'getNetworkSettings',
    summary: 'Whether others on the network reach this control plane',
    tags: ['network'],
    response: { 200: NetworkSettings },
  },
} as const satisfies Operation

export const updateNetworkSettings = {
  method: 'PUT',
  url: '/v1/admin/settings/network',
  auth: 'admin',
  credential: 'session',
  schema: {
    operationId: 'updateNetworkSettings',
    summary: 'Let others on the network reach this control plane, or not; takes effect at once',
    tags: ['network'],
    body: T.Object(
      {
        is_enabled: T.Optional(T.Boolean()),
        port: T.Optional(T.Integer({ minimum: 1, maximum: 65535 })),
      },
      { additionalProperties: false, minProperties: 1 },
    ),
    response: { 200: NetworkSettings, 409: Problem },
  },
} as const satisfies Operation

export const getInstallOptions = {
  method: 'GET',
  url: '/v1/nodes/install-options',
  auth: 'user',
  permission: 'nodes.create',
  schema: {
    operationId: 'getInstallOptions',
    summary: 'What an install command is made of: where we are reached, the script’s checksum, the bundles',
    tags: ['install'],
    response: {
      200: T.Object({
        addresses: T.Array(JoinAddress, {
          description: 'The likeliest first. Only this_machine: other machines cannot reach us yet.',
        }),
        script_sha256: T.String(),
        releases: T.Array(AgentRelease),
        version: T.String(),
      }),
    },
  },
} as const satisfies Operation
