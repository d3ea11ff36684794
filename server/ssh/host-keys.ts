import { createHash } from 'node:crypto'

export type HostKey = {
  type: string
  blob: Buffer
  /** Type and key in OpenSSH format, without a comment. */
  line: string
  fingerprint: string
}

/** A machine has a key or two of each type; an agent that tells of more is not believed. */
const MAX_KEYS = 10
const MAX_LENGTH = 4096
const types = /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521))$/

export const fingerprintOf = (blob: Buffer): string =>
  `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`

function readHostKey(text: string): HostKey | undefined {
  if (text.length > MAX_LENGTH) return undefined
  const [type = '', base64 = ''] = text.trim().split(/[ \t]+/)
  const blob = Buffer.from(base64, 'base64')
  if (!types.test(type) || blob.toString('base64') !== base64 || blob.length < 4 + type.length) return undefined
  if (blob.readUInt32BE(0) !== type.length || blob.toString('latin1', 4, 4 + type.length) !== type) return undefined
  return { type, blob, line: `${type} ${base64}`, fingerprint: fingerprintOf(blob) }
}

/** The keys among these lines that can be used, each once; an agent may say anything. */
export function readHostKeys(lines: readonly string[]): HostKey[] {
  const keys = lines.slice(0, MAX_KEYS).flatMap((line) => readHostKey(line) ?? [])
  return keys.filter(({ line }, at) => keys.findIndex((other) => other.line === line) === at)
}
