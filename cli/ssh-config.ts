import { userInfo } from 'node:os'
import { type Account, inConfig } from './config.ts'
import { prepare } from './credentials.ts'
import { aliasOf, allMachines, findMachine } from './machines.ts'
import { assertLogin, ourselves, wayTo } from './open-ssh.ts'
import { extensionsFor } from './ssh-options.ts'

const FORWARDING = ['-A', '-D0']

/** What OpenSSH runs before it connects: gets a certificate where none is good any more. */
export async function prepareFor(account: Account, id: string, login: string | undefined, forwards: boolean) {
  const as = login ?? userInfo().username
  assertLogin(as)
  await prepare(account, await findMachine(account, id), as, extensionsFor(forwards ? FORWARDING : []))
}

/** Prints how to reach each machine, for ~/.ssh/config. */
export async function printSshConfig(account: Account, login: string | undefined, forwards: boolean): Promise<void> {
  if (login !== undefined) assertLogin(login)
  const all = await allMachines(account)
  const flags = forwards ? ['--forwarding'] : []
  const lines = all
    .filter(({ features }) => features.ssh)
    .flatMap((machine) => {
      const { id } = machine
      const alias = aliasOf(machine, all)
      const credentials = {
        key: inConfig('id_ed25519'),
        certificate: inConfig('certificates', `${id}-`),
        knownHosts: inConfig('known-hosts', id),
      }
      const way = wayTo(id, alias, credentials).map((line) => line.replace(`${id}-"`, `${id}-%r-cert.pub"`))
      return [
        ...(login === undefined ? [] : [`Host ${alias}`, `  User ${login}`]),
        `Match originalhost ${alias} exec "${ourselves('ssh-prepare', id, ...flags).replaceAll('"', '\\"')} -l %r"`,
        ...way.map((line) => `  ${line}`),
        '',
      ]
    })
  process.stdout.write(`${lines.join('\n')}\n`)
}
