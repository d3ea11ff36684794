import { pino, type Logger } from 'pino'

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>

const secretNames = [
  'password',
  'new_password',
  'token',
  'agent_token',
  'access_token',
  'refresh_token',
  'secret',
  'ticket',
  'code',
  'authorization',
  'cookie',
  'set-cookie',
  'x-agent-token',
  'sec-websocket-protocol',
  'master_key',
]

type Write = (line: string) => void
const listeners = new WeakMap<Logger, Set<Write>>()

/** Reads along what is logged, secrets already taken out. Returns what ends it. */
export function listenToLog(log: Logger, listener: Write): () => void {
  const all = listeners.get(log)
  all?.add(listener)
  return () => void all?.delete(listener)
}

/** One JSON object a line. Secrets are redacted by name at the depths where requests and errors carry them. */
export function createLog(level: string, destination: { write: Write } = pino.destination({ sync: true })): Logger {
  const all = new Set<Write>()
  const log = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: secretNames.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]),
        censor: '[redacted]',
      },
    },
    {
      write(line) {
        destination.write(line)
        for (const listener of all) listener(line)
      },
    },
  )
  listeners.set(log, all)
  return log
}
