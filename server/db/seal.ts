import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/**
 * Secrets at rest: AES-256-GCM under the master key. `place` (table, row, column) is bound in, so that a sealed value
 * copied to another place does not open.
 */
export type Seal = { seal: (place: string, plain: string) => string; open: (place: string, sealed: string) => string }

export function createSeal(masterKey: Buffer): Seal {
  return {
    seal(place, plain) {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', masterKey, nonce).setAAD(Buffer.from(place))
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
      return `v1.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')}`
    },
    open(place, sealed) {
      const [version, text] = sealed.split('.')
      if (version !== 'v1' || !text) throw new Error(`A sealed value at ${place} has an unknown form.`)
      const bytes = Buffer.from(text, 'base64url')
      const decipher = createDecipheriv('aes-256-gcm', masterKey, bytes.subarray(0, 12))
        .setAAD(Buffer.from(place))
        .setAuthTag(bytes.subarray(12, 28))
      return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')
    },
  }
}
