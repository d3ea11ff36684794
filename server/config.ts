import { homedir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

/** Where agent bundles lie; `from` is absent where all were packed before. */
export type ReleasePlace = {
  readonly folder: string
  readonly from?: { readonly agent: string; readonly node: string; readonly scripts: string }
}

/** What is found beside the program, not told. */
export type Places = Pick<Config, 'rendererDir' | 'resourcesDir' | 'agentCommand' | 'agentReleases'>

/** Everything the control plane is told from outside. The desktop builds one in code; headless reads one. */
export type Config = {
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
  readonly dataDir: string
  /** The address that people use when it is not the one we listen on. */
  readonly publicUrl: string | null
  /** Whether this machine becomes a node by itself. */
  readonly localNode: boolean
  /** What the owner of this machine allows its own agent; absent parts stay as its `agent.json` says. No request changes it. */
  readonly localAllows?: { readonly terminal?: boolean; readonly hostFiles?: readonly string[] }
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent'
  /** The built dashboard; null serves the API alone. */
  readonly rendererDir: string | null
  /** Templates and their pictures. */
  readonly resourcesDir: string
  /** How to run the local agent: program and arguments, before the flags we add. */
  readonly agentCommand: readonly string[]
  /** The agent for other machines: bundles that lie there, and what one is made of. Absent: other machines get none from us. */
  readonly agentReleases?: ReleasePlace
  /** From the desktop's keychain. Absent: a file in dataDir. */
  readonly masterKey?: Buffer
  /** Requests a second that one caller may make in the long run. */
  readonly rateLimit: number
  /** A backup's folder: put it in the place of the data instead of starting. Headless only. */
  readonly restore?: string
}

export class ConfigError extends Error {
  readonly problems: string[]
  constructor(problems: string[]) {
    super(`The settings are not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`)
    this.problems = problems
  }
}

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const

function defaultDataDir(env: NodeJS.ProcessEnv): string {
  if (process.platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'Shardlyn')
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Shardlyn')
  return join(env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'shardlyn')
}

/** Reads flags and environment; throws a ConfigError that names every problem at once. */
export function readConfig(argv: readonly string[], env: NodeJS.ProcessEnv, places: Places): Config {
  const problems: string[] = []
  let flags: Partial<Record<'host' | 'port' | 'data-dir' | 'restore', string | undefined>> = {}
  try {
    flags = parseArgs({
      args: [...argv],
      options: {
        host: { type: 'string' },
        port: { type: 'string' },
        'data-dir': { type: 'string' },
        restore: { type: 'string' },
      },
    }).values
  } catch (error) {
    problems.push(`${(error as Error).message.split('.')[0]}. Flags are --host, --port, --data-dir and --restore.`)
  }

  const host = flags.host ?? env['SHARDLYN_HOST'] ?? '127.0.0.1'
  if (!/^[A-Za-z0-9.:-]+$/.test(host)) problems.push(`SHARDLYN_HOST is not an address: ${host}`)

  const portText = flags.port ?? env['SHARDLYN_PORT'] ?? '7480'
  const port = Number(portText)
  if (!/^\d+$/.test(portText) || port > 65535) {
    problems.push(`SHARDLYN_PORT must be a number from 0 to 65535, not ${portText}`)
  }

  const localNode = env['SHARDLYN_LOCAL_NODE'] ?? 'on'
  if (localNode !== 'on' && localNode !== 'off') {
    problems.push(`SHARDLYN_LOCAL_NODE must be on or off, not ${localNode}`)
  }

  const localTerminal = env['SHARDLYN_LOCAL_TERMINAL']
  if (localTerminal !== undefined && localTerminal !== 'on' && localTerminal !== 'off') {
    problems.push(`SHARDLYN_LOCAL_TERMINAL must be on or off, not ${localTerminal}`)
  }
  const hostFiles = env['SHARDLYN_LOCAL_HOST_FILES']?.split(',').filter((path) => path !== '')
  const noPath = hostFiles?.find((path) => !path.startsWith('/') || path.includes('\0'))
  if (noPath !== undefined) problems.push(`SHARDLYN_LOCAL_HOST_FILES must be whole paths, from /, not ${noPath}`)

  const level = env['SHARDLYN_LOG_LEVEL'] ?? 'info'
  const logLevel = levels.find((known) => known === level)
  if (!logLevel) problems.push(`SHARDLYN_LOG_LEVEL must be one of ${levels.join(', ')}, not ${level}`)

  const publicUrl = env['SHARDLYN_PUBLIC_URL'] || null
  if (publicUrl !== null && !/^https?:$/.test(URL.parse(publicUrl)?.protocol ?? '')) {
    problems.push(`SHARDLYN_PUBLIC_URL must be an http or https address, not ${publicUrl}`)
  }

  const rateText = env['SHARDLYN_RATE_LIMIT'] ?? '100'
  const rateLimit = Number(rateText)
  if (!(rateLimit >= 1 && rateLimit <= 1_000_000)) {
    problems.push(`SHARDLYN_RATE_LIMIT must be requests a second from 1, not ${rateText}`)
  }

  if (flags.restore === '') problems.push('--restore needs the folder of a backup')

  if (problems.length > 0) throw new ConfigError(problems)
  return Object.freeze({
    host,
    port,
    dataDir: flags['data-dir'] ?? env['SHARDLYN_DATA_DIR'] ?? defaultDataDir(env),
    publicUrl,
    localNode: localNode === 'on',
    localAllows: {
      ...(localTerminal !== undefined && { terminal: localTerminal === 'on' }),
      ...(hostFiles && { hostFiles }),
    },
    logLevel: logLevel ?? 'info',
    rateLimit,
    ...(flags.restore !== undefined && { restore: flags.restore }),
    ...places,
  })
}
