import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** The files that we keep in sshd's folder. */
export const sshFiles = (folder: string) => ({
  ca: path.join(folder, 'shardlyn_ca.pub'),
  krl: path.join(folder, 'shardlyn_krl'),
  config: path.join(folder, 'sshd_config.d', '10-shardlyn.conf'),
})
export type SshFiles = ReturnType<typeof sshFiles>

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** What every system has and belongs to root; sshd starts nothing that others could change. */
const printf = () => ['/usr/bin/printf', '/bin/printf'].find((place) => existsSync(place))

function nobody(): string | undefined {
  const names = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':', 1)[0])
  return ['nobody', 'daemon'].find((name) => names.includes(name))
}

/**
 * What sshd must have set, by the lower-case names of `sshd -T`. For login `u` it accepts `u@<scope>` for each scope and nothing
 * else: sshd puts the login in place of %u as an argument of printf (docs/decisions/013-ssh-principals.md).
 */
export function wantedSettings(files: SshFiles, scopes: readonly string[]): Map<string, string> {
  if (scopes.length === 0 || !scopes.every((scope) => UUID.test(scope))) {
    throw new Error('The control plane sent principals that are none.')
  }
  const [program, user] = [printf(), nobody()]
  if (!program || !user) throw new Error('This machine has no printf in /usr/bin, or no user named nobody.')
  const format = scopes.map((scope) => `%%s@${scope}\\n`).join('')
  return new Map([
    ['trustedusercakeys', files.ca],
    ['revokedkeys', files.krl],
    ['authorizedprincipalsfile', 'none'],
    ['authorizedprincipalscommand', [program, format, ...scopes.map(() => '%u')].join(' ')],
    ['authorizedprincipalscommanduser', user],
  ])
}

const names: Record<string, string> = {
  trustedusercakeys: 'TrustedUserCAKeys',
  revokedkeys: 'RevokedKeys',
  authorizedprincipalsfile: 'AuthorizedPrincipalsFile',
  authorizedprincipalscommand: 'AuthorizedPrincipalsCommand',
  authorizedprincipalscommanduser: 'AuthorizedPrincipalsCommandUser',
}

export const dropIn = (wanted: ReadonlyMap<string, string>): string =>
  [
    '# Kept by the Shardlyn agent: changes made here are undone. To stop it, set ssh.manage to false in its agent.json',
    '# and start it again; it then takes this file away.',
    ...[...wanted].map(([name, value]) => `${names[name]} ${value}`),
    '',
  ].join('\n')

/** What sshd has set otherwise than we want it: the setting as people write it, and its value. */
export function differing(wanted: ReadonlyMap<string, string>, has: ReadonlyMap<string, string>) {
  return [...wanted].flatMap(([name, value]) => {
    const is = has.get(name) ?? 'none'
    return is === value ? [] : [{ name: names[name] ?? name, value: is, isSet: is !== 'none' }]
  })
}
