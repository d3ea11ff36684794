import { randomBytes } from 'node:crypto'
import type { CaKey } from '#server/ssh/ca-key'
import { part, u32, u64 } from '#server/ssh/wire'
import type { SshKey } from './ssh-keys.ts'

/** The parts of a certificate as they stand in it, each of which a test can break. */
export type RawFields = {
  type: string
  nonce: Buffer
  /** The subject's key without its type, in its parts. */
  subject: Buffer
  serial: bigint
  kind: number
  keyId: string
  principals: Buffer
  after: bigint
  before: bigint
  critical: Buffer
  extensions: Buffer
  reserved: Buffer
  ca: Buffer
}
export type RawName = keyof RawFields

const order: readonly RawName[] = [
  'type',
  'nonce',
  'subject',
  'serial',
  'kind',
  'keyId',
  'principals',
  'after',
  'before',
  'critical',
  'extensions',
  'reserved',
  'ca',
]

export const names = (list: readonly (string | Buffer)[]): Buffer => Buffer.concat(list.map(part))
/** `undefined` is an option without a value; a text is a part within a part. */
export const pairs = (list: readonly (readonly [string, string | undefined])[]): Buffer =>
  Buffer.concat(list.flatMap(([name, value]) => [part(name), part(value === undefined ? '' : part(value))]))

export function rawFields(key: SshKey, ca: CaKey, principal: string): RawFields {
  const now = BigInt(Math.floor(Date.now() / 1000))
  return {
    type: key.algorithm.startsWith('rsa-') ? 'ssh-rsa-cert-v01@openssh.com' : key.algorithm,
    nonce: randomBytes(32),
    subject: key.key.blob.subarray(part(key.key.type).length),
    serial: 77n,
    kind: 1,
    keyId: 'user:1:req:2',
    principals: names([principal]),
    after: now - 60n,
    before: now + 3600n,
    critical: Buffer.alloc(0),
    extensions: pairs([['permit-pty', undefined]]),
    reserved: Buffer.alloc(0),
    ca: ca.blob,
  }
}

function bytesOf(fields: RawFields, name: RawName): Buffer {
  const value = fields[name]
  if (name === 'subject') return fields.subject
  if (typeof value === 'bigint') return u64(value)
  return typeof value === 'number' ? u32(value) : part(value)
}

type Change = {
  sign?: (body: Buffer) => Buffer
  /** After it was signed: the last bit of this field is turned over. */
  flip?: RawName | 'signature'
  /** After it was signed. */
  after?: (certificate: Buffer) => Buffer
}

/** An encoder of its own, so that the one that is used is not its own judge. */
export function rawCertificate(
  fields: RawFields,
  ca: CaKey,
  { sign = ca.sign, flip, after = (it) => it }: Change = {},
) {
  const parts = order.map((name) => bytesOf(fields, name))
  const signature = part(sign(Buffer.concat(parts)))
  const turned = [...parts, signature].map((bytes, at) => {
    if ((order[at] ?? 'signature') !== flip) return bytes
    const other = Buffer.from(bytes)
    other[other.length - 1] = (other.at(-1) ?? 0) ^ 1
    return other
  })
  return after(Buffer.concat(turned))
}
