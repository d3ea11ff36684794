import { parseArgs } from 'node:util'
import { readAccount } from './config.ts'
import { Failure } from './failure.ts'
import { printMachines } from './machines.ts'
import { openSsh } from './open-ssh.ts'
import { proxy } from './proxy.ts'
import { signIn } from './sign-in.ts'
import { prepareFor, printSshConfig } from './ssh-config.ts'

const usage = `Usage: shardlyn COMMAND

  login URL [--fingerprint sha256//…]   Sign in with an API token, which is asked for or read from standard input.
  machines                              List the machines.
  ssh MACHINE [-l LOGIN] [-- ARGS]      Log in to a machine with OpenSSH. ARGS are ssh's: options, then a command.
  ssh-config [-l LOGIN] [--forwarding]  Print lines for ~/.ssh/config, so that ssh, scp, sftp and rsync reach MACHINE.shardlyn.
  ssh-proxy MACHINE                     What OpenSSH runs itself.
`

const one = (positionals: string[], what: string): string => {
  const [first] = positionals
  if (first === undefined || positionals.length > 1) throw new Failure(`Say one ${what}.\n\n${usage}`)
  return first
}

async function run([command, ...rest]: string[]): Promise<number> {
  const split = rest.indexOf('--')
  const own = split === -1 ? rest : rest.slice(0, split)
  const passed = split === -1 ? [] : rest.slice(split + 1)
  const { values, positionals } = parseArgs({
    args: own,
    allowPositionals: true,
    options: {
      login: { type: 'string', short: 'l' },
      fingerprint: { type: 'string' },
      forwarding: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help || command === undefined || command === 'help' || command === '--help') {
    process.stdout.write(usage)
    return 0
  }
  switch (command) {
    case 'login':
      await signIn(one(positionals, 'address'), values.fingerprint ?? null)
      return 0
    case 'machines':
      await printMachines(readAccount())
      return 0
    case 'ssh':
      return openSsh(readAccount(), one(positionals, 'machine'), values.login, passed)
    case 'ssh-proxy':
      return proxy(readAccount(), one(positionals, 'machine'))
    case 'ssh-config':
      await printSshConfig(readAccount(), values.login, values.forwarding)
      return 0
    case 'ssh-prepare':
      await prepareFor(readAccount(), one(positionals, 'machine'), values.login, values.forwarding)
      return 0
    default:
      throw new Failure(`There is no command ${command}.\n\n${usage}`)
  }
}

run(process.argv.slice(2)).then(
  // What was printed last has gone by then.
  (code) => process.stdout.write('', () => process.exit(code)),
  (error: unknown) => {
    const isOurs = error instanceof Failure || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS')
    process.stderr.write(
      `shardlyn: ${isOurs ? (error as Error).message : error instanceof Error ? error.stack : String(error)}\n`,
    )
    process.exit(255)
  },
)
