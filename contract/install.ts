import { type Static, Type as T } from 'typebox'
import type { Operation } from './operation.ts'
import { Nullable } from './page.ts'
import { Problem } from './problem.ts'

/** How a machine gets its agent: a script and a bundle, both from the control plane itself. */

export const targets = ['linux-x64', 'linux-arm64'] as const
export type Target = (typeof targets)[number]

export const AgentRelease = T.Object({
  target: T.Enum(targets),
  version: T.String(),
  file: T.String({ description: 'shardlyn-agent-<version>-<target>.tar.gz; brings its own Node.' }),
  size: T.Integer(),
  sha256: T.String(),
})
export type AgentRelease = Static<typeof AgentRelease>

/** A way to reach this control plane from another machine. */
export const JoinAddress = T.Object({
  url: T.String({ description: 'Without a slash at the end.' }),
  kind: T.Enum(['public', 'network', 'this_machine']),
  fingerprint: Nullable(
    T.String({
      description:
        'sha256//… of the public key that our own certificate shows; null: a certificate that systems trust, or none.',
    }),
  ),
})
export type JoinAddress = Static<typeof JoinAddress>

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

export const getInstallScript = {
  method: 'GET',
  url: '/install.sh',
  auth: 'public',
  kind: 'stream',
  schema: {
    operationId: 'getInstallScript',
    summary: 'The script that installs, upgrades and removes an agent. The same bytes for everybody.',
    tags: ['install'],
    response: {},
  },
} as const satisfies Operation

export const listAgentReleases = {
  method: 'GET',
  url: '/v1/agent/releases',
  auth: 'public',
  schema: {
    operationId: 'listAgentReleases',
    summary: 'The agent bundles that this control plane holds',
    tags: ['install'],
    response: { 200: T.Object({ items: T.Array(AgentRelease) }) },
  },
} as const satisfies Operation

export const downloadAgentRelease = {
  method: 'GET',
  url: '/v1/agent/releases/:file',
  auth: 'public',
  kind: 'stream',
  schema: {
    operationId: 'downloadAgentRelease',
    summary: 'An agent bundle; ranges are answered',
    tags: ['install'],
    params: T.Object(
      { file: T.String({ maxLength: 120, pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' }) },
      { additionalProperties: false },
    ),
    response: { 404: Problem },
  },
} as const satisfies Operation

/** Tells a machine's agent to take the version that we hold. It comes back as that, or as what it was. */
export const updateAgent = {
  method: 'POST',
  url: '/v1/nodes/:id/update-agent',
  auth: 'user',
  permission: 'nodes.update',
  schema: {
    operationId: 'updateAgent',
    summary: 'Update a machine’s agent',
    tags: ['install'],
    params: T.Object({ id: T.String({ format: 'uuid' }) }, { additionalProperties: false }),
    response: { 202: T.Object({ version: T.String() }), 404: Problem, 409: Problem, 503: Problem },
  },
} as const satisfies Operation

export type InstallChoice = {
  address: JoinAddress
  scriptSha256: string
  token: string
  /** The token is an API token whose scopes include nodes.create. */
  isApiToken?: boolean
  name?: string
  labels?: Record<string, string>
  terminal?: boolean
  hostFilePaths?: readonly string[]
  ssh?: boolean
  preferIpv4?: boolean
}
