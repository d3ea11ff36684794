import type { LogWriter } from '../../log/log-writer.ts'

/** While a server prints without pause, its output is written this often, or whenever this much has come together. */
const FLUSH_EVERY_MS = 4
const PENDING_MAX = 256 * 1024

/**
 * Gathers what a server prints and writes it in one go: a terminal hands over 4 kB at a time, and a write and a word to
 * every agent for each would cost a third of its speed. What comes after a pause, as an echo does, is written at once.
 */
export function createOutput(writer: LogWriter, mask: string[], advanced: (offset: number) => void) {
  const hide = createMask(mask)
  let pending: Buffer[] = []
  let bytes = 0
  let scheduled = false
  let flushed = 0

  function flush() {
    scheduled = false
    flushed = performance.now()
    if (bytes === 0) return
    const data = pending.length === 1 && pending[0] ? pending[0] : Buffer.concat(pending, bytes)
    pending = []
    bytes = 0
    writer.append(data)
    advanced(writer.offset)
  }

  return {
    push(chunk: Buffer): void {
      const data = hide ? hide(chunk) : chunk
      pending.push(data)
      bytes += data.length
      if (bytes >= PENDING_MAX) flush()
      else if (!scheduled) {
        scheduled = true
        if (performance.now() - flushed > FLUSH_EVERY_MS) setImmediate(flush)
        else setTimeout(flush, FLUSH_EVERY_MS)
      }
    },
    /** Writes all that there is, also what was held back because a secret might have begun in it. */
    finish(): void {
      const held = hide?.()
      if (held) {
        pending.push(held)
        bytes += held.length
      }
      flush()
    },
  }
}

/** Replaces secrets by stars, also where one is spread over two chunks. Called without a chunk it gives up the rest. */
export function createMask(secrets: string[]) {
  // A terminal turns the line ends of a secret into CR LF.
  const values = [...new Set(secrets.flatMap((secret) => [secret, secret.replaceAll('\n', '\r\n')]))]
    .filter((secret) => secret.length >= 3)
    .map((secret) => Buffer.from(secret).toString('latin1'))
    .sort((a, b) => b.length - a.length)
  if (values.length === 0) return undefined
  let held = ''
  return (chunk?: Buffer): Buffer => {
    let text = held + (chunk?.toString('latin1') ?? '')
    for (const value of values) text = text.replaceAll(value, '********')
    const cut = chunk ? text.length - beginningAtEnd(text, values) : text.length
    held = text.slice(cut)
    return Buffer.from(text.slice(0, cut), 'latin1')
  }
}

/** How many characters at the end of a text may be the beginning of one of the values. */
function beginningAtEnd(text: string, values: string[]): number {
  let longest = 0
  for (const value of values) {
    for (let length = Math.min(value.length - 1, text.length); length > longest; length--) {
      if (text.endsWith(value.slice(0, length))) longest = length
    }
  }
  return longest
}
