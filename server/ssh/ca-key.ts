import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { fingerprintOf } from './public-key.ts'
import { part } from './wire.ts'

const TYPE = 'ssh-ed25519'

/** What signs certificates: an Ed25519 pair. */
export type CaKey = { public_key: string; fingerprint: string; blob: Buffer; sign: (bytes: Buffer) => Buffer }

function fromPrivate(key: KeyObject): CaKey {
  const { x = '' } = key.export({ format: 'jwk' })
  const blob = Buffer.concat([part(TYPE), part(Buffer.from(x, 'base64url'))])
  return {
    public_key: `${TYPE} ${blob.toString('base64')}`,
    fingerprint: fingerprintOf(blob),
    blob,
    sign: (bytes) => Buffer.concat([part(TYPE), part(sign(null, bytes, key))]),
  }
}

/** A new pair; `secret` is its private half in PEM, to be sealed. */
export function newCaKey(): CaKey & { secret: string } {
  const { privateKey } = generateKeyPairSync('ed25519')
  return { ...fromPrivate(privateKey), secret: String(privateKey.export({ format: 'pem', type: 'pkcs8' })) }
}

export const openCaKey = (secret: string): CaKey => fromPrivate(createPrivateKey(secret))
