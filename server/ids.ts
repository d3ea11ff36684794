import { randomBytes } from 'node:crypto'

/** A UUIDv7 (RFC 9562): sorts by the time it was made, which is what list cursors rely on. */
export function newId(now = Date.now()): string {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(now, 0, 6)
  bytes[6] = 0x70 | (bytes[6]! & 0x0f)
  bytes[8] = 0x80 | (bytes[8]! & 0x3f)
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** Every id that was made before a moment is less. */
export function firstIdOf(at: number): string {
  const hex = Math.max(0, at).toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}`
}

/** 256 random bits, safe in a header or a URL. */
export const newSecret = () => randomBytes(32).toString('base64url')
