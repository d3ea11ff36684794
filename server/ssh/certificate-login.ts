import { generateKeyPairSync, randomBytes } from 'node:crypto'
import ssh2, { type Client, type ParsedKey } from 'ssh2'
// ssh2 has no exports map; the version is pinned and certificate-login.test.ts holds what is used here to it.
import protocolParts from 'ssh2/lib/protocol/utils.js'
import { part, u32 } from './wire.ts'

const CERTIFICATE_TYPE = 'ssh-ed25519-cert-v01@openssh.com'
const KEY_TYPE = 'ssh-ed25519'
const USERAUTH_REQUEST = 50

type WithSignature = (data: Buffer, done: (signature: Buffer) => void) => void
type Protocol = {
  _kex: { sessionID: Buffer }
  _authsQueue: string[]
  _packetRW: { write: { allocStart: number; alloc: (size: number) => Buffer; finalize: (packet: Buffer) => Buffer } }
  authPK: (user: string, key: ParsedKey, algorithm?: string | WithSignature, sign?: WithSignature) => void
}

export type SessionKey = { public_key: string; key: ParsedKey }

/** An Ed25519 pair for one session. It is nowhere but in memory. Not ssh2's own: one in three hundred of those cannot be read again. */
export function makeSessionKey(): SessionKey {
  const { privateKey } = generateKeyPairSync('ed25519')
  const { d = '', x = '' } = privateKey.export({ format: 'jwk' })
  const point = Buffer.from(x, 'base64url')
  const blob = Buffer.concat([part(KEY_TYPE), part(point)])
  const check = randomBytes(4)
  const secret = Buffer.concat([
    check,
    check,
    part(KEY_TYPE),
    part(point),
    part(Buffer.concat([Buffer.from(d, 'base64url'), point])),
    part(''),
  ])
  const padding = Buffer.from([1, 2, 3, 4, 5, 6, 7].slice(0, (8 - (secret.length % 8)) % 8))
  // PROTOCOL.key of OpenSSH, without a passphrase.
  const file = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    part('none'),
    part('none'),
    part(''),
    u32(1),
    part(blob),
    part(Buffer.concat([secret, padding])),
  ])
  const name = 'OPENSSH PRIVATE KEY'
  const key = ssh2.utils.parseKey(`-----BEGIN ${name}-----\n${file.toString('base64')}\n-----END ${name}-----\n`)
  if (key instanceof Error) throw key
  return { public_key: `${KEY_TYPE} ${blob.toString('base64')}`, key }
}

function blobOf(certificate: string): Buffer {
  const [type, base64 = ''] = certificate.trim().split(' ')
  if (type !== CERTIFICATE_TYPE) throw new Error(`A session logs in with ${CERTIFICATE_TYPE}, not with ${type}.`)
  return Buffer.from(base64, 'base64')
}

/**
 * Makes one client log in with a certificate, which ssh2 cannot by itself: it would name the certificate's type in the signature,
 * where sshd wants the key's (RFC 4252 section 7; PROTOCOL.certkeys). Call it right after `client.connect`, before anything arrived.
 */
export function useCertificate(client: Client, certificate: string): void {
  const protocol = (client as unknown as { _protocol: Protocol })._protocol
  const blob = blobOf(certificate)
  protocol.authPK = (user, _key, algorithm, sign) => {
    const withSignature = typeof algorithm === 'function' ? algorithm : sign
    const request = Buffer.concat([
      Buffer.from([USERAUTH_REQUEST]),
      part(user),
      part('ssh-connection'),
      part('publickey'),
      Buffer.from([withSignature ? 1 : 0]),
      part(CERTIFICATE_TYPE),
      part(blob),
    ])
    const send = (payload: Buffer) => {
      const { write } = protocol._packetRW
      const packet = write.alloc(payload.length)
      packet.set(payload, write.allocStart)
      protocol._authsQueue.push('publickey')
      protocolParts.sendPacket(protocol, write.finalize(packet))
    }
    if (!withSignature) return send(request)
    withSignature(Buffer.concat([part(protocol._kex.sessionID), request]), (signature) =>
      send(Buffer.concat([request, part(Buffer.concat([part(KEY_TYPE), part(signature)]))])),
    )
  }
}
