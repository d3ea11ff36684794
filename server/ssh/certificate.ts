import { randomBytes } from 'node:crypto'
import type { CaKey } from './ca-key.ts'
import type { PublicKey } from './public-key.ts'
import { part, u32, u64 } from './wire.ts'

/** What a certificate says. Times are whole seconds since 1970. */
export type CertificateFields = {
  serial: bigint
  kind: 'user' | 'host'
  keyId: string
  principals: readonly string[]
  validAfter: number
  validBefore: number
  /** By name; sshd refuses a certificate with one that it does not know. */
  criticalOptions: Readonly<Record<string, string>>
  /** By name; most have no value, which is an empty text. */
  extensions: Readonly<Record<string, string>>
}

/** `ssh-ed25519` becomes `ssh-ed25519-cert-v01@openssh.com`, `sk-ssh-ed25519@openssh.com` becomes `sk-ssh-ed25519-cert-v01@openssh.com`. */
const certificateType = (type: string) => `${type.replace(/@openssh\.com$/, '')}-cert-v01@openssh.com`

/** Names in the order of their bytes, as OpenSSH demands. A value is a part within a part; none is an empty part. */
const options = (values: Readonly<Record<string, string>>): Buffer =>
  Buffer.concat(
    Object.entries(values)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .flatMap(([name, value]) => [part(name), part(value === '' ? '' : part(value))]),
  )

/** Signs an OpenSSH certificate (PROTOCOL.certkeys) for a public key. Answers the line for a file named …-cert.pub. */
export function signCertificate(ca: Pick<CaKey, 'blob' | 'sign'>, key: PublicKey, fields: CertificateFields): string {
  const type = certificateType(key.type)
  const head = part(key.type)
  const body = Buffer.concat([
    part(type),
    part(randomBytes(32)),
    key.blob.subarray(head.length),
    u64(fields.serial),
    u32(fields.kind === 'host' ? 2 : 1),
    part(fields.keyId),
    part(Buffer.concat(fields.principals.map(part))),
    u64(BigInt(fields.validAfter)),
    u64(BigInt(fields.validBefore)),
    part(options(fields.criticalOptions)),
    part(options(fields.extensions)),
    part(''),
    part(ca.blob),
  ])
  return `${type} ${Buffer.concat([body, part(ca.sign(body))]).toString('base64')}`
}
