import { type Static, Type as T } from 'typebox'
import type { Operation } from './operation.ts'
import { Nullable } from './page.ts'
import { Problem } from './problem.ts'

/** How a machine gets its agent: a script and a bundle, both from the control plane itself. */

export const targets = ['linux-x64', 'linux-arm64'] as const
export type Target = (typeof targets)[number]

/** What a version may look like where it becomes a file's name. */
export const versionPattern = /^\d{1,5}\.\d{1,5}\.\d{1,5}(-[0-9A-Za-z]{1,20}(\.[0-9A-Za-z]{1,20}){0,3})?$/

/** Whether `version` comes after `other`, as versions of the form 1.2.3 or 1.2.3-rc.1 do. Something that is no version is never newer. */
export function isNewer(version: string, other: string): boolean {
  if (!versionPattern.test(version)) return false
  if (!versionPattern.test(other)) return true
  const [a, b] = [version, other].map((text) => {
    const [core = '', ...pre] = text.split('-')
    return { core: core.split('.').map(Number), pre: pre.join('-') }
  }) as [{ core: number[]; pre: string }, { core: number[]; pre: string }]
  for (const [i, part] of a.core.entries()) if (part !== b.core[i]) return part > (b.core[i] ?? 0)
  // 1.0.0-rc.1 comes before 1.0.0.
  if (a.pre === '' || b.pre === '') return a.pre === '' && b.pre !== ''
  return a.pre.localeCompare(b.pre, 'en', { numeric: true }) > 0
}

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

/**
 * What a pasted command installs. The script takes the choice as flags:
 * `--server URL [--fingerprint sha256//…] [--name NAME] [--label KEY=VALUE]… [--enable-terminal]
 * [--host-files-allow-paths A,B --enable-host-files] [--enable-ssh-ca] [--prefer-ipv4]`, or `--uninstall` alone.
 * The token comes in the environment, as SHARDLYN_TOKEN or SHARDLYN_API_TOKEN, because every user of a machine can read the arguments
 * of its programs; `--token` and `--api-token` are for who does not mind. A registration token carries name and labels itself.
 */
export type InstallChoice = {
  address: JoinAddress
  scriptSha256: string
  token: string
  /** The token is an API token whose scopes include nodes.create. */
  isApiToken?: boolean
  name?: string
  labels?: Readonly<Record<string, string>>
  terminal?: boolean
  /** Absolute, without a comma. */
  hostFilePaths?: readonly string[]
  ssh?: boolean
  preferIpv4?: boolean
}

/** A value as one word of a POSIX shell, whatever is in it. */
const quoted = (value: string) => `'${value.replaceAll("'", `'\\''`)}'`

/** Downloads the script from the one who holds our key, and runs it as root if it is the one that we know. */
function running({ address, scriptSha256, preferIpv4 }: InstallChoice, flags: readonly string[], token?: string) {
  const { url, fingerprint } = address
  const curl = [
    'curl -fsS',
    ...(preferIpv4 ? ['-4'] : []),
    ...(url.startsWith('https:') ? [`--proto '=https'`] : []),
    // Nobody vouches for our own certificate: its key is compared instead.
    ...(fingerprint === null ? [] : ['-k --pinnedpubkey', quoted(fingerprint)]),
    '-o "$f"',
    quoted(`${url}${getInstallScript.url}`),
  ].join(' ')
  const words = [`sh "$f"`, ...flags].join(' ')
  const [variable] = token?.split('=', 1) ?? []
  const keeping = variable === undefined ? 'sudo' : `sudo --preserve-env=${variable}`
  return [
    '( f=$(mktemp)',
    `trap 'rm -f "$f"' EXIT`,
    curl,
    `echo "${scriptSha256}  $f" | sha256sum -c - >/dev/null`,
    ...(token === undefined ? [] : [`export ${token}`]),
    `s() { if [ "$(id -u)" = 0 ]; then "$@"; else ${keeping} "$@"; fi; }`,
    `s ${words} )`,
  ].join(' && ')
}

/** The commands that make a machine of its organization, and undo that. Each is one line to paste into a terminal there. */
export function installCommand(choice: InstallChoice): { linux: string; uninstall: string } {
  const { address, token, isApiToken, name, labels, terminal, hostFilePaths = [], ssh, preferIpv4 } = choice
  const flags = [
    `--server ${quoted(address.url)}`,
    ...(address.fingerprint === null ? [] : [`--fingerprint ${quoted(address.fingerprint)}`]),
    ...(name === undefined ? [] : [`--name ${quoted(name)}`]),
    ...Object.entries(labels ?? {}).map(([key, value]) => `--label ${quoted(`${key}=${value}`)}`),
    ...(terminal ? ['--enable-terminal'] : []),
    ...(hostFilePaths.length > 0
      ? [`--host-files-allow-paths ${quoted(hostFilePaths.join(','))}`, '--enable-host-files']
      : []),
    ...(ssh ? ['--enable-ssh-ca'] : []),
    ...(preferIpv4 ? ['--prefer-ipv4'] : []),
  ]
  return {
    linux: running(choice, flags, `${isApiToken ? 'SHARDLYN_API_TOKEN' : 'SHARDLYN_TOKEN'}=${quoted(token)}`),
    uninstall: running(choice, ['--uninstall']),
  }
}
