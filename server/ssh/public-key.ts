import { createHash, createPublicKey } from 'node:crypto'
import { invalid } from '#server/errors'
import { createReader, malformed } from './wire.ts'

export type PublicKey = {
  type: string
  bits: number
  /** `type blob`, without a comment. */
  public_key: string
  fingerprint: string
  /** In SSH's wire format. */
  blob: Buffer
}

const MIN_RSA_BITS = 2048
const MAX_RSA_BITS = 16_384
const curves = {
  nistp256: { bits: 256, name: 'P-256' },
  nistp384: { bits: 384, name: 'P-384' },
  nistp521: { bits: 521, name: 'P-521' },
} as const
type Curve = keyof typeof curves

type Reader = ReturnType<typeof createReader>

/** An uncompressed point that lies on the curve. */
function readPoint(reader: Reader, curve: Curve): number {
  const { bits, name } = curves[curve]
  const length = Math.ceil(bits / 8)
  if (reader.text() !== curve) throw malformed()
  const point = reader.bytes()
  if (point.length !== 1 + 2 * length || point[0] !== 4) throw malformed()
  const x = point.subarray(1, 1 + length).toString('base64url')
  const y = point.subarray(1 + length).toString('base64url')
  try {
    createPublicKey({ key: { kty: 'EC', crv: name, x, y }, format: 'jwk' })
  } catch {
    throw malformed()
  }
  return bits
}

function readRsa(reader: Reader, minBits: number): number {
  const exponent = reader.positive()
  const modulus = reader.positive()
  const bits = modulus.toString(2).length
  if (bits < minBits) {
    throw invalid(
      'weak_key',
      `This RSA key has ${bits} bits and is too weak. Use Ed25519, or RSA with ${minBits} bits or more.`,
    )
  }
  if (bits > MAX_RSA_BITS || exponent < 3n || exponent % 2n === 0n || modulus % 2n === 0n) throw malformed()
  return bits
}

function readEd25519(reader: Reader): number {
  if (reader.bytes().length !== 32) throw malformed()
  return 256
}

/** Of a security key: the name under which it was made, such as `ssh:`. */
function readApplication(reader: Reader): void {
  if (!/^[\x21-\x7e]{1,255}$/.test(reader.text())) throw malformed()
}

/** What follows the type inside the key, by type; answers the bits. */
const kinds: Record<string, (reader: Reader, minRsaBits: number) => number> = {
  'ssh-ed25519': readEd25519,
  'ssh-rsa': readRsa,
  'ecdsa-sha2-nistp256': (reader) => readPoint(reader, 'nistp256'),
  'ecdsa-sha2-nistp384': (reader) => readPoint(reader, 'nistp384'),
  'ecdsa-sha2-nistp521': (reader) => readPoint(reader, 'nistp521'),
  'sk-ssh-ed25519@openssh.com'(reader) {
    const bits = readEd25519(reader)
    readApplication(reader)
    return bits
  },
  'sk-ecdsa-sha2-nistp256@openssh.com'(reader) {
    const bits = readPoint(reader, 'nistp256')
    readApplication(reader)
    return bits
  },
}

/** What people paste by mistake, each with the sentence that helps. */
function assertPublicKey(text: string): void {
  // The first bytes of OpenSSH's own private format are `openssh-key-v1`, in base64 or bare.
  if (/PRIVATE KEY|^PuTTY-User-Key-File|Private-Lines:|b3BlbnNzaC1rZXktdjE|openssh-key-v1/i.test(text)) {
    throw invalid(
      'private_key',
      'This is a private key. It was not kept, but treat it as exposed: make a new pair, and add the file that ends in .pub.',
    )
  }
  if (/BEGIN [A-Z0-9 ]*(PUBLIC KEY|CERTIFICATE)/.test(text)) {
    throw invalid(
      'not_openssh',
      'This key is in another format. Turn it into one line with ssh-keygen -i, or add the file that ends in .pub.',
    )
  }
  if (/[\r\n]/.test(text)) throw invalid('several_lines', 'Add one key at a time, in a single line.')
  if (/\p{Cc}/u.test(text.replaceAll('\t', ' '))) throw malformed()
}

/** As OpenSSH shows it. */
export const fingerprintOf = (blob: Buffer): string =>
  `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`

/** Reads a line such as `ssh-ed25519 AAAA… ana@laptop`. The comment is dropped: a key has a name here. */
export function readPublicKey(input: string, { minRsaBits = MIN_RSA_BITS } = {}): PublicKey {
  const text = input.trim()
  assertPublicKey(text)
  const [type = '', blob = ''] = text.split(/[ \t]+/)
  if (type.startsWith('ssh-dss')) throw invalid('weak_key', 'DSA keys are too weak. Use Ed25519.')
  if (/-cert-v0[01]@openssh\.com$/.test(type)) {
    throw invalid('certificate', 'This is a certificate. Add the public key that it was made for.')
  }
  const read = Object.hasOwn(kinds, type) ? kinds[type] : undefined
  if (!read) {
    const hasOptions = Object.keys(kinds).some((kind) => text.includes(` ${kind} `))
    throw hasOptions
      ? invalid('key_options', `Leave out what stands before the type of the key, and begin with it.`)
      : invalid('unknown_key_type', 'This is not a public key that we know. Use Ed25519, ECDSA or RSA.')
  }
  const bytes = Buffer.from(blob, 'base64')
  if (bytes.length === 0 || bytes.toString('base64') !== blob) throw malformed()
  const reader = createReader(bytes)
  if (reader.text() !== type) {
    throw invalid('key_type_mismatch', 'The key is of another type than it says. Copy it again.')
  }
  const bits = read(reader, minRsaBits)
  reader.end()
  return { type, bits, public_key: `${type} ${blob}`, fingerprint: fingerprintOf(bytes), blob: bytes }
}
