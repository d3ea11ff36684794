import { createHash } from 'node:crypto'

const SUFFIX = '.shardlyn-upload'
const MAX_BYTES = 255

/** Where an upload lies until all of it is there: beside its target, the same for whoever goes on with it. */
export function temporaryName(shown: string, name: string, key: string): string {
  const end = `.${createHash('sha256').update(`${key}\0${shown}`).digest('hex').slice(0, 16)}${SUFFIX}`
  let start = name
  while (Buffer.byteLength(start) > MAX_BYTES - end.length - 1) start = Array.from(start).slice(0, -1).join('')
  return `.${start}${end}`
}

export const isTemporary = (name: string): boolean => /^\..*\.[0-9a-f]{16}\.shardlyn-upload$/s.test(name)
