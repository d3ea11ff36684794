import type { parseArgs } from 'node:util'
import type { agentFlags } from '#agent/flags'
import { invalid } from '#agent/errors'
import { type Choices, parsePaths } from './settings.ts'
import { secretIn, setUp } from './setup.ts'

type Flags = ReturnType<typeof parseArgs<{ options: typeof agentFlags }>>['values']

/** On where `--enable-x`, off where `--disable-x` was given, undefined where neither was. */
const either = (on: boolean | undefined, off: boolean | undefined) => (on ? true : off ? false : undefined)

function choicesOf(flags: Flags): Choices {
  const { service } = flags
  if (service !== undefined && service !== 'systemd' && service !== 'supervised') {
    throw invalid('bad_service', `--service must be systemd or supervised, not ${service}.`)
  }
  const paths = flags['host-files-allow-paths']
  return {
    terminal: either(flags['enable-terminal'], flags['disable-terminal']),
    hostFiles: either(flags['enable-host-files'], flags['disable-host-files']),
    hostFilePaths: paths === undefined ? undefined : parsePaths(paths),
    hostFilesWritable: either(flags['host-files-writable'], flags['host-files-read-only']),
    sshCa: either(flags['enable-ssh-ca'], flags['disable-ssh-ca']),
    preferIpv4: flags['prefer-ipv4'],
    updates: either(flags.updates, flags['no-updates']),
    service,
  }
}

/** `key=value`, each once. */
export function parseLabels(given: readonly string[] | undefined): Record<string, string> | undefined {
  if (!given) return undefined
  return Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf('=')
      const key = text.slice(0, at)
      if (at < 1 || !/^[a-z0-9]([a-z0-9._/-]{0,61}[a-z0-9])?$/.test(key)) {
        throw invalid('bad_label', `--label takes key=value, the key in lower case letters and digits, not ${text}.`)
      }
      return [key, text.slice(at + 1)]
    }),
  )
}

/** `--setup`: what the install script leaves to us. */
export async function runSetup(flags: Flags, dataDir: string): Promise<number> {
  const { SHARDLYN_TOKEN, SHARDLYN_API_TOKEN } = process.env
  try {
    await setUp({
      dataDir,
      server: flags.server,
      fingerprint: flags.fingerprint,
      token: SHARDLYN_TOKEN || secretIn(flags['token-file']),
      apiToken: SHARDLYN_API_TOKEN || secretIn(flags['api-token-file']),
      name: flags.name,
      labels: parseLabels(flags.label),
      choices: choicesOf(flags),
      say: (line) => process.stdout.write(`${line}\n`),
    })
    return 0
  } catch (error) {
    process.stderr.write(`Not installed: ${error instanceof Error ? error.message : String(error)}\n`)
    return 1
  }
}
