import { spawn } from 'node:child_process'
import { constants, userInfo } from 'node:os'
import type { Account } from './config.ts'
import { prepare, type Credentials } from './credentials.ts'
import { Failure } from './failure.ts'
import { findMachine } from './machines.ts'
import { extensionsFor } from './ssh-options.ts'

const loginPattern = /^[a-z_][a-z0-9_-]{0,31}$/

export function assertLogin(login: string): void {
  if (!loginPattern.test(login)) throw new Failure(`${login} is no login name of Linux. Say which one with -l.`)
}

/** In double quotes for OpenSSH's own parser of options and files, which knows no escapes but of % signs. */
export function quoted(file: string): string {
  if (/["\n]/.test(file)) throw new Failure(`OpenSSH cannot read a path with a quotation mark: ${file}`)
  return `"${file.replaceAll('%', '%%')}"`
}

/** ProxyCommand is run by a shell, not by us. */
const forShell = (text: string) => (process.platform === 'win32' ? `"${text}"` : `'${text.replaceAll("'", `'\\''`)}'`)
export const ourselves = (...args: string[]): string =>
  [process.execPath, process.argv[1] ?? '', ...args].map(forShell).join(' ').replaceAll('%', '%%')

/** How to reach a machine, as lines of ssh_config(5). */
export const wayTo = (id: string, alias: string, { key, certificate, knownHosts }: Credentials): string[] => [
  `HostName ${alias}`,
  `HostKeyAlias ${alias}`,
  `ProxyCommand ${ourselves('ssh-proxy', id)}`,
  `IdentityFile ${quoted(key)}`,
  `CertificateFile ${quoted(certificate)}`,
  'IdentitiesOnly yes',
  `UserKnownHostsFile ${quoted(knownHosts)}`,
  'GlobalKnownHostsFile none',
  'StrictHostKeyChecking yes',
  'UpdateHostKeys no',
  'CheckHostIP no',
]

/** Runs the person's own ssh to a machine, through the control plane; answers its exit code. */
export async function openSsh(
  account: Account,
  wanted: string,
  login: string | undefined,
  args: string[],
): Promise<number> {
  const [, user, name = wanted] = /^([^@]+)@(.+)$/.exec(wanted) ?? []
  const as = login ?? user ?? userInfo().username
  assertLogin(as)
  const machine = await findMachine(account, name)
  const credentials = await prepare(account, machine, as, extensionsFor(args))
  const options = wayTo(machine.id, machine.alias, credentials).flatMap((line) => {
    const space = line.indexOf(' ')
    return ['-o', `${line.slice(0, space)}=${line.slice(space + 1)}`]
  })
  const ssh = spawn('ssh', [...options, '-l', as, machine.alias, ...args], { stdio: 'inherit' })
  // The terminal sends these to ssh as well, which knows what to do.
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) process.on(signal, () => {})
  return new Promise((resolve, reject) => {
    ssh.on('error', () => reject(new Failure('ssh could not be started. Is OpenSSH installed?')))
    ssh.on('close', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)))
  })
}
