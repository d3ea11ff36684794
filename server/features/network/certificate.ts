import 'reflect-metadata'
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import * as x509 from '@peculiar/x509'

const ECDSA = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

/** A new key for our own certificate, as PEM. */
export const makeKey = (): string =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }) as string

const publicKeyOf = (key: string) => createPublicKey(key).export({ type: 'spki', format: 'der' })

/** What stands for the key in install commands and on agents, as curl's --pinnedpubkey takes it. */
export const fingerprintOf = (key: string): string =>
  `sha256//${createHash('sha256').update(publicKeyOf(key)).digest('base64')}`

type Wanted = { key: string; name: string; names: readonly string[]; from: Date; until: Date }

/** A certificate that the key signs for itself, for these addresses and names. */
export async function makeCertificate({ key, name, names, from, until }: Wanted): Promise<string> {
  const { subtle } = webcrypto
  const der = createPrivateKey(key).export({ type: 'pkcs8', format: 'der' })
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      // Positive, and never the same twice: browsers refuse another certificate of one issuer with one number.
      serialNumber: `01${randomBytes(15).toString('hex')}`,
      name: [{ CN: [name] }],
      notBefore: from,
      notAfter: until,
      signingAlgorithm: ECDSA,
      keys: {
        privateKey: await subtle.importKey('pkcs8', der, ECDSA, false, ['sign']),
        publicKey: await subtle.importKey('spki', publicKeyOf(key), ECDSA, true, ['verify']),
      },
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension(
          names.map((value) => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value })),
        ),
      ],
    },
    webcrypto as never,
  )
  return `${certificate.toString('pem')}\n`
}
