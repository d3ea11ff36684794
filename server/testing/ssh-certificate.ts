import type { CertificateFields } from '#server/ssh/certificate'
import { createReader } from '#server/ssh/wire'

/** How many parts stand between the nonce and the serial number, by type of the key. */
const keyParts: Record<string, number> = {
  'ssh-ed25519': 1,
  'ssh-rsa': 2,
  'ecdsa-sha2-nistp256': 2,
  'ecdsa-sha2-nistp384': 2,
  'ecdsa-sha2-nistp521': 2,
  'sk-ssh-ed25519': 2,
  'sk-ecdsa-sha2-nistp256': 3,
}

function readOptions(bytes: Buffer): Record<string, string> {
  const reader = createReader(bytes)
  const found: Record<string, string> = {}
  while (!reader.isAtEnd()) {
    const name = reader.text()
    const value = reader.bytes()
    found[name] = value.length === 0 ? '' : createReader(value).bytes().toString('utf8')
  }
  return found
}

/** What a certificate's line says. It proves nothing: the signature is not checked. */
export function readCertificate(line: string): CertificateFields & { caBlob: Buffer } {
  const reader = createReader(Buffer.from(line.split(' ')[1] ?? '', 'base64'))
  const type = reader.text()
  reader.bytes()
  const parts = keyParts[type.replace(/-cert-v01@openssh\.com$/, '')] ?? 0
  for (let read = 0; read < parts; read++) reader.bytes()
  const serial = reader.u64()
  const kind = reader.u32() === 2 ? 'host' : 'user'
  const keyId = reader.bytes().toString('utf8')
  const names = createReader(reader.bytes())
  const principals: string[] = []
  while (!names.isAtEnd()) principals.push(names.bytes().toString('utf8'))
  const validAfter = Number(reader.u64())
  const validBefore = Number(reader.u64())
  const criticalOptions = readOptions(reader.bytes())
  const extensions = readOptions(reader.bytes())
  reader.bytes()
  const caBlob = reader.bytes()
  return { serial, kind, keyId, principals, validAfter, validBefore, criticalOptions, extensions, caBlob }
}
