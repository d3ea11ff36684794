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

/** One JSON object a line. Secrets are redacted by name at the depths where requests and errors carry them. */
export const createLog = (level: string, destination?: { write: (line: string) => void }): Logger =>
  pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: secretNames.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]),
        censor: '[redacted]',
      },
    },
    ...(destination ? [destination] : []),
  )
