import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { newCaKey } from '#server/ssh/ca-key'
import { readPublicKey, type PublicKey } from '#server/ssh/public-key'
import { part, u32 } from '#server/ssh/wire'

/** A new Ed25519 public key as one line. */
export const publicKeyLine = (): string => newCaKey().public_key

/** A key pair that can prove itself to sshd. `algorithm` is that of its certificates. */
export type SshKey = { key: PublicKey; algorithm: string; sign: (data: Buffer) => Buffer }

const mpint = (bytes: Buffer): Buffer => {
  let from = 0
  while (from < bytes.length - 1 && bytes[from] === 0) from++
  const short = bytes.subarray(from)
  return part((short[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), short]) : short)
}
const field = (key: KeyObject, name: string) =>
  Buffer.from(String((key.export({ format: 'jwk' }) as Record<string, unknown>)[name]), 'base64url')
const read = (type: string, ...parts: Buffer[]) =>
  readPublicKey(`${type} ${Buffer.concat([part(type), ...parts]).toString('base64')}`)

const curves = {
  256: { name: 'P-256', ssh: 'nistp256', hash: 'sha256' },
  384: { name: 'P-384', ssh: 'nistp384', hash: 'sha384' },
  521: { name: 'P-521', ssh: 'nistp521', hash: 'sha512' },
} as const
const pointOf = (key: KeyObject) => part(Buffer.concat([Buffer.from([4]), field(key, 'x'), field(key, 'y')]))
function signEc(data: Buffer, hash: string, key: KeyObject): Buffer {
  const both = sign(hash, data, { key, dsaEncoding: 'ieee-p1363' })
  return Buffer.concat([mpint(both.subarray(0, both.length / 2)), mpint(both.subarray(both.length / 2))])
}

export function ed25519Key(): SshKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const type = 'ssh-ed25519'
  return {
    key: read(type, part(field(publicKey, 'x'))),
    algorithm: `${type}-cert-v01@openssh.com`,
    sign: (data) => Buffer.concat([part(type), part(sign(null, data, privateKey))]),
  }
}

export function ecdsaKey(bits: keyof typeof curves): SshKey {
  const { name, ssh, hash } = curves[bits]
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: name })
  const type = `ecdsa-sha2-${ssh}`
  return {
    key: read(type, part(ssh), pointOf(publicKey)),
    algorithm: `${type}-cert-v01@openssh.com`,
    sign: (data) => Buffer.concat([part(type), part(signEc(data, hash, privateKey))]),
  }
}

export function rsaKey(bits: number, hash: 'sha1' | 'sha256' | 'sha512' = 'sha512'): SshKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: bits })
  const by = { sha1: 'ssh-rsa', sha256: 'rsa-sha2-256', sha512: 'rsa-sha2-512' }[hash]
  return {
    key: read('ssh-rsa', mpint(field(publicKey, 'e')), mpint(field(publicKey, 'n'))),
    algorithm: `${by}-cert-v01@openssh.com`,
    sign: (data) => Buffer.concat([part(by), part(sign(hash, data, privateKey))]),
  }
}

/** Flags of a security key: that somebody touched it, that it made sure who. */
export const TOUCHED = 1
export const VERIFIED = 4
const APPLICATION = 'ssh:'

/** A security key made of software: it signs as one does (PROTOCOL.u2f). */
export function securityKey(kind: 'ed25519' | 'ecdsa', flags = TOUCHED): SshKey {
  const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest()
  const behind = Buffer.concat([Buffer.from([flags]), u32(7)])
  const covered = (data: Buffer) => Buffer.concat([sha256(APPLICATION), behind, sha256(data)])
  if (kind === 'ed25519') {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const type = 'sk-ssh-ed25519@openssh.com'
    return {
      key: read(type, part(field(publicKey, 'x')), part(APPLICATION)),
      algorithm: 'sk-ssh-ed25519-cert-v01@openssh.com',
      sign: (data) => Buffer.concat([part(type), part(sign(null, covered(data), privateKey)), behind]),
    }
  }
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const type = 'sk-ecdsa-sha2-nistp256@openssh.com'
  return {
    key: read(type, part('nistp256'), pointOf(publicKey), part(APPLICATION)),
    algorithm: 'sk-ecdsa-sha2-nistp256-cert-v01@openssh.com',
    sign: (data) => Buffer.concat([part(type), part(signEc(covered(data), 'sha256', privateKey)), behind]),
  }
}
