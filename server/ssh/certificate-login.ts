import ssh2, { type Client, type ParsedKey } from 'ssh2'
// ssh2 has no exports map; the version is pinned and certificate-login.test.ts holds what is used here to it.
import protocolParts from 'ssh2/lib/protocol/utils.js'

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

/** An Ed25519 pair for one session. It is nowhere but in memory. */
export function makeSessionKey(): SessionKey {
  const pair = ssh2.utils.generateKeyPairSync('ed25519')
  const key = ssh2.utils.parseKey(pair.private)
  if (key instanceof Error) throw key
  return { public_key: pair.public.trim(), key }
}

function string(value: string | Buffer): Buffer {
  const bytes = Buffer.isBuffer(value) ? value : Buffer.from(value)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
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
      string(user),
      string('ssh-connection'),
      string('publickey'),
      Buffer.from([withSignature ? 1 : 0]),
      string(CERTIFICATE_TYPE),
      string(blob),
    ])
    const send = (payload: Buffer) => {
      const { write } = protocol._packetRW
      const packet = write.alloc(payload.length)
      packet.set(payload, write.allocStart)
      protocol._authsQueue.push('publickey')
      protocolParts.sendPacket(protocol, write.finalize(packet))
    }
    if (!withSignature) return send(request)
    withSignature(Buffer.concat([string(protocol._kex.sessionID), request]), (signature) =>
      send(Buffer.concat([request, string(Buffer.concat([string(KEY_TYPE), string(signature)]))])),
    )
  }
}
