import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readPublicKey } from './public-key.ts'

const folder = mkdtempSync(join(tmpdir(), 'shardlyn-keys-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const hasKeygen = spawnSync('ssh-keygen', ['-?']).error === undefined

let made = 0
/** A new pair by the real tool: its files, and what the tool says of it. */
function keygen(...options: string[]) {
  const file = join(folder, `key-${made++}`)
  const done = spawnSync('ssh-keygen', ['-q', '-N', '', '-C', 'ana@laptop', '-f', file, ...options])
  if (done.status !== 0) throw new Error(done.stderr.toString())
  const [bits, fingerprint] = spawnSync('ssh-keygen', ['-lf', `${file}.pub`])
    .stdout.toString()
    .split(' ')
  return { line: readFileSync(`${file}.pub`, 'utf8'), file, bits: Number(bits), fingerprint }
}

const text = (value: string | Buffer) => {
  const bytes = Buffer.from(value)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}
const line = (type: string, ...parts: Buffer[]) => `${type} ${Buffer.concat([text(type), ...parts]).toString('base64')}`
const point = (curve: string, bytes: number, fill = 1) =>
  Buffer.concat([text(curve), text(Buffer.concat([Buffer.from([4]), Buffer.alloc(2 * bytes, fill)]))])
const number = (bits: number, last = 0xff) => {
  const bytes = Buffer.alloc(bits / 8, 0xff)
  bytes[bytes.length - 1] = last
  return text(Buffer.concat([Buffer.alloc(1), bytes]))
}
const ed25519 = line('ssh-ed25519', text(Buffer.alloc(32, 9)))
const codeOf = (key: string) => {
  try {
    readPublicKey(key)
    return 'accepted'
  } catch (error) {
    return (error as { code?: string }).code
  }
}

test
  .skipIf(!hasKeygen)
  .each([
    [['-t', 'ed25519']],
    [['-t', 'ecdsa', '-b', '256']],
    [['-t', 'ecdsa', '-b', '384']],
    [['-t', 'ecdsa', '-b', '521']],
    [['-t', 'rsa', '-b', '2048']],
    [['-t', 'rsa', '-b', '3072']],
  ])('a key made with ssh-keygen %j has the bits and the fingerprint that ssh-keygen tells', (options) => {
  const { line, bits, fingerprint } = keygen(...options)
  const key = readPublicKey(line)
  expect([key.bits, key.fingerprint]).toEqual([bits, fingerprint])
  expect(key.public_key).toBe(line.split(' ').slice(0, 2).join(' '))
  expect(codeOf(`  ${line.trim().replace(' ', '\t ')}\r\n`)).toBe('accepted')
})

test.skipIf(!hasKeygen)('private keys in every format are told to be exposed, and are not repeated', () => {
  const { file } = keygen('-t', 'ed25519')
  const pem = keygen('-t', 'rsa', '-b', '2048', '-m', 'PEM')
  const openssh = readFileSync(file, 'utf8')
  const body = openssh.split('\n').slice(1, -2).join('')
  const putty = `PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nPrivate-Lines: 1\nAAAA`
  for (const key of [openssh, readFileSync(pem.file, 'utf8'), body, putty, ` \n${openssh}`]) {
    expect(codeOf(key)).toBe('private_key')
    expect(() => readPublicKey(key)).toThrow(/^This is a private key\. It was not kept, but treat it as exposed/)
  }
})

test.skipIf(!hasKeygen)('certificates, other formats and short keys are refused', () => {
  const { line, file } = keygen('-t', 'ed25519')
  spawnSync('ssh-keygen', ['-q', '-s', file, '-I', 'ana', '-n', 'ana', `${file}.pub`])
  expect(codeOf(readFileSync(`${file}-cert.pub`, 'utf8'))).toBe('certificate')
  for (const format of ['RFC4716', 'PKCS8', 'PEM']) {
    const { file } = keygen('-t', 'rsa', '-b', '2048')
    const other = spawnSync('ssh-keygen', ['-e', '-m', format, '-f', `${file}.pub`]).stdout.toString()
    expect([format, codeOf(other)]).toEqual([format, 'not_openssh'])
  }
  expect(codeOf(keygen('-t', 'rsa', '-b', '1024').line)).toBe('weak_key')
  expect(codeOf(`no-pty,command="rm -rf /" ${line}`)).toBe('key_options')
  expect(codeOf(`${line}${line}`)).toBe('several_lines')
})

test('keys of security devices are taken', () => {
  const device = line('sk-ssh-ed25519@openssh.com', text(Buffer.alloc(32, 9)), text('ssh:'))
  expect(readPublicKey(device)).toMatchObject({ type: 'sk-ssh-ed25519@openssh.com', bits: 256 })
  expect(codeOf(line('sk-ssh-ed25519@openssh.com', text(Buffer.alloc(32, 9))))).toBe('malformed_key')
  expect(codeOf(line('sk-ssh-ed25519@openssh.com', text(Buffer.alloc(32)), text('a\nb')))).toBe('malformed_key')
  const g = Buffer.from(
    '046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5',
    'hex',
  )
  const ecdsa = line('sk-ecdsa-sha2-nistp256@openssh.com', text('nistp256'), text(g), text('ssh:ana'))
  expect(readPublicKey(ecdsa)).toMatchObject({ type: 'sk-ecdsa-sha2-nistp256@openssh.com', bits: 256 })
})

test.each([
  ['nothing but its type', 'ssh-ed25519', 'malformed_key'],
  ['a word', 'hello', 'unknown_key_type'],
  ['the name of something that every object has', 'constructor AAAA', 'unknown_key_type'],
  ['DSA', line('ssh-dss', number(1024)), 'weak_key'],
  ['another type than its prefix', ed25519.replace('ssh-ed25519', 'ssh-rsa'), 'key_type_mismatch'],
  ['bytes behind its end', line('ssh-ed25519', text(Buffer.alloc(32)), Buffer.from([0])), 'malformed_key'],
  ['too few bytes', line('ssh-ed25519', text(Buffer.alloc(31))), 'malformed_key'],
  ['a length beyond its end', `ssh-ed25519 ${Buffer.from('ffffffff00', 'hex').toString('base64')}`, 'malformed_key'],
  ['letters that are not base64', ed25519.replace('AAAA', 'AA*A'), 'malformed_key'],
  ['base64 that is padded where it should not be', `${ed25519}====`, 'malformed_key'],
  ['a control character in its comment', `${ed25519} ana\u0007`, 'malformed_key'],
  ['a point off the curve', line('ecdsa-sha2-nistp256', point('nistp256', 32)), 'malformed_key'],
  ['another curve inside', line('ecdsa-sha2-nistp256', point('nistp384', 48)), 'malformed_key'],
  ['2,047 bits', line('ssh-rsa', text(Buffer.from([1, 0, 1])), text(Buffer.alloc(256, 0x7f))), 'weak_key'],
  ['an even modulus', line('ssh-rsa', text(Buffer.from([1, 0, 1])), number(2048, 0xfe)), 'malformed_key'],
  ['the exponent 1', line('ssh-rsa', text(Buffer.from([1])), number(2048)), 'malformed_key'],
  ['a negative modulus', line('ssh-rsa', text(Buffer.from([3])), text(Buffer.alloc(256, 0xff))), 'malformed_key'],
  ['a modulus of 32,768 bits', line('ssh-rsa', text(Buffer.from([3])), number(32_768)), 'malformed_key'],
])('a key with %s is refused', (_, key, code) => {
  expect(codeOf(key)).toBe(code)
})
