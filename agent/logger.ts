import fs from 'node:fs'

export type Logger = Record<'info' | 'warn' | 'error', (details: object, message: string) => void>

const plain = (_: string, value: unknown): unknown =>
  value instanceof Error
    ? { message: value.message, stack: value.stack, ...(value.cause !== undefined && { cause: value.cause }) }
    : value

/** One JSON object a line, into a file that is turned over when it has grown, and to the console for whoever watches. */
export function createLogger(
  file: string,
  { maxBytes = 1024 * 1024, echo = true }: { maxBytes?: number; echo?: boolean } = {},
): Logger {
  let fd = fs.openSync(file, 'a', 0o600)
  let size = fs.fstatSync(fd).size

  function write(level: string, details: object, message: string) {
    const line = `${JSON.stringify({ level, time: new Date().toISOString(), ...details, msg: message }, plain)}\n`
    try {
      if (size > maxBytes) {
        fs.closeSync(fd)
        fs.renameSync(file, `${file}.1`)
        fd = fs.openSync(file, 'a', 0o600)
        size = 0
      }
      size += fs.writeSync(fd, line)
    } catch {
      // A full disk must not end the agent; the console still has it.
    }
    if (echo) process.stderr.write(line)
  }
  return {
    info: (details, message) => write('info', details, message),
    warn: (details, message) => write('warn', details, message),
    error: (details, message) => write('error', details, message),
  }
}
