import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readCertificate } from '#server/testing/ssh-certificate'
import { newCaKey, openCaKey } from './ca-key.ts'
import { type CertificateFields, signCertificate } from './certificate.ts'
import { buildKrl } from './krl.ts'
import { readPublicKey } from './public-key.ts'

const folder = mkdtempSync(join(tmpdir(), 'shardlyn-certificates-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const hasKeygen = spawnSync('ssh-keygen', ['-?']).error === undefined

let made = 0
const fileWith = (content: string | Buffer) => {
  const file = join(folder, `file-${made++}`)
  writeFileSync(file, content, { mode: 0o600 })
  return file
}
const keygen = (...args: string[]) => {
  const env = { ...process.env, TZ: 'UTC' }
  const { status, stdout, stderr } = spawnSync('ssh-keygen', args, { encoding: 'utf8', env })
  return { status, text: stdout + stderr }
}
function newKey(...options: string[]) {
  const file = join(folder, `key-${made++}`)
  keygen('-q', '-N', '', '-C', '', '-f', file, ...options)
  return readPublicKey(readFileSync(`${file}.pub`, 'utf8'), { minRsaBits: 3072 })
}

const fields = (change: Partial<CertificateFields> = {}): CertificateFields => ({
  serial: 2n ** 64n - 1n,
  kind: 'user',
  keyId: 'user:1:req:2',
  principals: ['deploy@somewhere', 'web@somewhere'],
  validAfter: 1_700_000_000,
  validBefore: 1_700_003_600,
  criticalOptions: { 'source-address': '10.0.0.0/8,192.0.2.7', 'force-command': 'uptime' },
  extensions: { 'permit-pty': '', 'permit-X11-forwarding': '', 'permit-agent-forwarding': '' },
  ...change,
})

test.skipIf(!hasKeygen).each([
  ['ED25519', ['-t', 'ed25519']],
  ['ECDSA', ['-t', 'ecdsa', '-b', '256']],
  ['ECDSA', ['-t', 'ecdsa', '-b', '384']],
  ['ECDSA', ['-t', 'ecdsa', '-b', '521']],
  ['RSA', ['-t', 'rsa', '-b', '3072']],
])('ssh-keygen reads a certificate for an %s key made with %j as it was meant', (name, options) => {
  const ca = newCaKey()
  const key = newKey(...options)
  const line = signCertificate(ca, key, fields())
  const { status, text } = keygen('-L', '-f', fileWith(`${line}\n`))
  expect(status).toBe(0)
  expect(text.replace(/^.*\n/, '').replace(/^ +/gm, '')).toBe(
    [
      `Type: ${line.split(' ')[0]} user certificate`,
      `Public key: ${name}-CERT ${key.fingerprint}`,
      `Signing CA: ED25519 ${ca.fingerprint} (using ssh-ed25519)`,
      'Key ID: "user:1:req:2"',
      'Serial: 18446744073709551615',
      'Valid: from 2023-11-14T22:13:20 to 2023-11-14T23:13:20',
      'Principals: ',
      'deploy@somewhere',
      'web@somewhere',
      'Critical Options: ',
      'force-command uptime',
      'source-address 10.0.0.0/8,192.0.2.7',
      'Extensions: ',
      'permit-X11-forwarding',
      'permit-agent-forwarding',
      'permit-pty',
      '',
    ].join('\n'),
  )
  expect(readCertificate(line)).toEqual({ ...fields(), caBlob: ca.blob })
})

test('a CA key comes back from its secret, and signs with the same key', () => {
  const ca = newCaKey()
  const again = openCaKey(ca.secret)
  expect([again.public_key, again.fingerprint]).toEqual([ca.public_key, ca.fingerprint])
  expect(again.sign(Buffer.from('x'))).toEqual(ca.sign(Buffer.from('x')))
})

test.skipIf(!hasKeygen)('ssh-keygen finds just what a revocation list names, by serial number or by key id', () => {
  const [ca, other] = [newCaKey(), newCaKey()]
  const key = newKey('-t', 'ed25519')
  const listed = (krl: Buffer, change: Partial<CertificateFields>, signer = ca) =>
    /REVOKED/.test(keygen('-Q', '-f', fileWith(krl), fileWith(signCertificate(signer, key, fields(change)))).text)
  const empty = buildKrl(1, new Date(), new Map())
  expect(keygen('-Q', '-l', '-f', fileWith(empty)).text).toContain('KRL version 1')
  expect(listed(empty, {})).toBe(false)
  const revoked = [
    { serial: 7n, keyId: 'seven' },
    { serial: 2n ** 63n + 1n, keyId: 'big' },
    { serial: 3n, keyId: 'three' },
  ]
  const krl = buildKrl(9, new Date(), new Map([[ca.blob.toString('base64'), revoked]]))
  expect([
    listed(krl, { serial: 7n }),
    listed(krl, { serial: 2n ** 63n + 1n }),
    listed(krl, { serial: 3n }),
    listed(krl, { keyId: 'seven' }),
    listed(krl, { keyId: 'big' }),
    listed(krl, { serial: 8n }),
    listed(krl, { keyId: 'seve' }),
    listed(krl, { serial: 7n, keyId: 'seven' }, other),
  ]).toEqual([true, true, true, true, true, false, false, false])
})
