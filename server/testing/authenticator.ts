import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { cbor } from './cbor.ts'

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest()
const base64url = (data: string | Uint8Array) => Buffer.from(data).toString('base64url')

/** What a hostile browser or authenticator does otherwise. */
type Twists = {
  origin?: string
  rpId?: string
  challenge?: string
  counter?: number
  userVerified?: boolean
  type?: string
  credentialId?: string
  /** Changes a byte of the signature. */
  tampered?: boolean
}
type Creation = { challenge: string; rp: { id: string }; user: { id: string } }
type Request = { challenge: string; rpId: string }

/** An authenticator in software with one passkey on P-256, as a browser on `origin` would show it to a server. */
export function createAuthenticator(origin = 'http://localhost', { synced = true } = {}) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = publicKey.export({ format: 'jwk' })
  const id = randomBytes(32)
  let counter = 0
  let userHandle = ''

  const clientData = (type: string, challenge: string, twists: Twists) =>
    Buffer.from(
      JSON.stringify({
        type: twists.type ?? type,
        challenge: twists.challenge ?? challenge,
        origin: twists.origin ?? origin,
      }),
    )

  function authenticatorData(rpId: string, { userVerified = true, ...twists }: Twists, attested?: Buffer): Buffer {
    const flags = 0x01 | (userVerified ? 0x04 : 0) | (synced ? 0x18 : 0) | (attested ? 0x40 : 0)
    const count = Buffer.alloc(4)
    count.writeUInt32BE(twists.counter ?? counter)
    return Buffer.concat([sha256(twists.rpId ?? rpId), Buffer.from([flags]), count, attested ?? Buffer.alloc(0)])
  }

  const answer = (credentialId: string, response: object) => ({
    id: credentialId,
    rawId: credentialId,
    type: 'public-key',
    clientExtensionResults: {},
    response,
  })

  return {
    id: base64url(id),
    /** From now on it counts its signatures, as security keys do. */
    countFrom: (value: number) => (counter = value),
    create(options: unknown, twists: Twists = {}, attestation?: { fmt: string; attStmt: Map<string, Uint8Array> }) {
      const { challenge, rp, user } = options as Creation
      userHandle = user.id
      const key = new Map<number, number | Uint8Array>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, Buffer.from(jwk.x ?? '', 'base64url')],
        [-3, Buffer.from(jwk.y ?? '', 'base64url')],
      ])
      const length = Buffer.alloc(2)
      length.writeUInt16BE(id.length)
      const attested = Buffer.concat([Buffer.alloc(16), length, id, cbor(key)])
      const { fmt, attStmt } = attestation ?? { fmt: 'none', attStmt: new Map() }
      const attestationObject = new Map<string, string | Uint8Array | Map<string, Uint8Array>>([
        ['fmt', fmt],
        ['attStmt', attStmt],
        ['authData', authenticatorData(rp.id, twists, attested)],
      ])
      return answer(base64url(id), {
        clientDataJSON: base64url(clientData('webauthn.create', challenge, twists)),
        attestationObject: base64url(cbor(attestationObject)),
        transports: ['internal', 'hybrid'],
      })
    },
    sign(options: unknown, twists: Twists = {}) {
      const { challenge, rpId } = options as Request
      if (counter > 0) counter++
      const data = authenticatorData(rpId, twists)
      const client = clientData('webauthn.get', challenge, twists)
      const signature = sign('sha256', Buffer.concat([data, sha256(client)]), privateKey)
      const last = signature.length - 1
      if (twists.tampered) signature[last] = (signature[last] ?? 0) ^ 1
      return answer(twists.credentialId ?? base64url(id), {
        clientDataJSON: base64url(client),
        authenticatorData: base64url(data),
        signature: base64url(signature),
        userHandle,
      })
    },
  }
}
