import { type CaKey, newCaKey } from '#server/ssh/ca-key'
import { part } from '#server/ssh/wire'
import { names, pairs, rawCertificate, type RawFields, rawFields, type RawName } from './raw-certificate.ts'
import { ecdsaKey, ed25519Key, rsaKey, securityKey, type SshKey, TOUCHED, VERIFIED } from './ssh-keys.ts'

export const NODE = '0193f9a0-0000-7000-8000-00000000000a'
export const ORGANIZATION = '0193f9a0-0000-7000-8000-00000000000b'
const OTHER_NODE = '0193f9a0-0000-7000-8000-00000000000c'
const OTHER_ORGANIZATION = '0193f9a0-0000-7000-8000-00000000000d'

/** The CA keys of the table: the first three are trusted. */
export const cas = {
  active: newCaKey(),
  next: newCaKey(),
  retiring: newCaKey(),
  retired: newCaKey(),
  foreign: newCaKey(),
}
export const revoked = {
  bySerial: { serial: 1001n, keyId: 'somebody-else' },
  byKeyId: { serial: 1002n, keyId: 'user:revoked:req:revoked' },
}

export type Case = {
  name: string
  lets: boolean
  user?: string
  key?: SshKey
  ca?: CaKey
  change?: Partial<RawFields>
  raw?: Parameters<typeof rawCertificate>[2]
  /** What is shown instead of a certificate. */
  blob?: (key: SshKey) => Buffer
  algorithm?: string
  /** Who proves to hold the key, where it is not its owner. */
  signer?: SshKey
  from?: string
}
const accepts = (name: string, more: Omit<Case, 'name' | 'lets'> = {}): Case => ({ name, lets: true, ...more })
const refuses = (name: string, more: Omit<Case, 'name' | 'lets'> = {}): Case => ({ name, lets: false, ...more })

const root = `root@${NODE}`
const now = () => BigInt(Math.floor(Date.now() / 1000))
const principals = (...list: (string | Buffer)[]) => ({ change: { principals: names(list) } })
const critical = (...list: [string, string | undefined][]) => ({ change: { critical: pairs(list) } })
const extensions = (...list: [string, string | undefined][]) => ({ change: { extensions: pairs(list) } })
const validity = (after: bigint, before: bigint) => ({ change: { after, before } })
const many = (count: number, ...last: string[]) => [
  ...Array.from({ length: count - last.length }, (_, at) => `u${at}@${NODE}`),
  ...last,
]
const FOREVER = 2n ** 64n - 1n

const keys: Case[] = [
  accepts('Ed25519', { key: ed25519Key() }),
  accepts('ECDSA on P-256', { key: ecdsaKey(256) }),
  accepts('ECDSA on P-384', { key: ecdsaKey(384) }),
  accepts('ECDSA on P-521', { key: ecdsaKey(521) }),
  accepts('RSA of 3072 bits with SHA-512', { key: rsaKey(3072) }),
  accepts('RSA of 3072 bits with SHA-256', { key: rsaKey(3072, 'sha256') }),
  refuses('RSA with SHA-1', { key: rsaKey(3072, 'sha1') }),
  accepts('an Ed25519 security key that was touched', { key: securityKey('ed25519') }),
  accepts('an ECDSA security key that was touched', { key: securityKey('ecdsa') }),
  refuses('a security key that was not touched', { key: securityKey('ed25519', 0) }),
  // The machine would have to say so as well.
  refuses('a security key that was not touched, where only the certificate says it need not be', {
    key: securityKey('ed25519', 0),
    ...extensions(['no-touch-required', undefined], ['permit-pty', undefined]),
  }),
  refuses('a security key that did not verify its owner, where the certificate asks for it', {
    key: securityKey('ed25519', TOUCHED),
    ...critical(['verify-required', undefined]),
  }),
  accepts('a security key that verified its owner, where the certificate asks for it', {
    key: securityKey('ed25519', TOUCHED | VERIFIED),
    ...critical(['verify-required', undefined]),
  }),
]

const principalCases: Case[] = [
  accepts('the login on this machine', principals(root)),
  accepts('the login in this organization', principals(`root@${ORGANIZATION}`)),
  accepts('another login with its own principal', { user: 'daemon', ...principals(`daemon@${NODE}`) }),
  accepts('the right principal among others', principals(`web@${NODE}`, root, `games@${NODE}`)),
  accepts('both scopes at once', principals(root, `root@${ORGANIZATION}`)),
  accepts('sixteen principals, the last of which is right', principals(...many(16, root))),
  accepts('256 principals, the last of which is right', principals(...many(256, root))),
  refuses('257 principals', principals(...many(257, root))),
  accepts('the same principal twice', principals(root, root)),
  accepts('a principal in another script beside the right one', principals('根@機', root)),
  accepts('a very long principal beside the right one', principals('x'.repeat(4000), root)),
  refuses('the principal of another login', principals(`daemon@${NODE}`)),
  refuses('the principal of root for another login', { user: 'daemon', ...principals(root) }),
  refuses('another machine’s principal', principals(`root@${OTHER_NODE}`)),
  refuses('another organization’s principal', principals(`root@${OTHER_ORGANIZATION}`)),
  refuses('no principal', principals()),
  refuses('the bare name of the login', principals('root')),
  refuses('an empty principal', principals('')),
  refuses('the scope alone', principals(`@${NODE}`)),
  refuses('the scope without an at sign', principals(`root${NODE}`)),
  refuses('the id of the machine alone', principals(NODE)),
  refuses('a star', principals('*')),
  refuses('a star on this machine', principals(`*@${NODE}`)),
  refuses('a pattern that would match', principals(`r?ot@${NODE}`)),
  refuses('a pattern for the scope', principals('root@*')),
  refuses('other letters’ case', principals(`ROOT@${NODE}`)),
  refuses('the scope in other letters’ case', principals(`root@${NODE.toUpperCase()}`)),
  refuses('a space before', principals(` ${root}`)),
  refuses('a space behind', principals(`${root} `)),
  refuses('a line break behind', principals(`${root}\n`)),
  refuses('two names in one principal', principals(`${root},daemon@${NODE}`)),
  refuses('two names in two lines of one principal', principals(`daemon@${NODE}\n${root}`)),
  refuses('a NUL and more behind the right principal', principals(`${root}\0x`)),
  refuses('a NUL and the right principal behind another', principals(`web\0${root}`)),
  // OpenSSH drops one at the end of a text.
  accepts('a NUL at the end of the right principal', principals(`${root}\0`)),
  refuses('a prefix of the scope', principals(root.slice(0, -1))),
  refuses('more behind the scope', principals(`${root}x`)),
  refuses('a name that looks alike in another script', principals(`rооt@${NODE}`)),
  refuses('a full-width name', principals(`ｒｏｏｔ@${NODE}`)),
  refuses('bytes that are no text', principals(Buffer.from([0xff, 0xfe, 0x40]))),
  refuses('a login that does not exist', { user: 'nosuchuser', ...principals(`nosuchuser@${NODE}`) }),
  refuses('a login that looks like an option', { user: '-oroot', ...principals(`-oroot@${NODE}`) }),
  refuses('a login that is a principal', { user: root, ...principals(root) }),
]

const validities: Case[] = [
  accepts('good since a second', validity(now() - 1n, now() + 600n)),
  accepts('good for half a minute more', validity(now() - 60n, now() + 30n)),
  accepts('good for ever', validity(0n, FOREVER)),
  refuses('over since ten seconds', validity(now() - 3600n, now() - 10n)),
  refuses('over since a year', validity(now() - 63_072_000n, now() - 31_536_000n)),
  refuses('good in five minutes', validity(now() + 300n, now() + 3600n)),
  refuses('good in a year', validity(now() + 31_536_000n, FOREVER)),
  refuses('over before it begins', validity(now() + 600n, now() - 600n)),
  refuses('good from now to never', validity(now() - 60n, 0n)),
  refuses('good from the end of time', validity(FOREVER, FOREVER)),
]

const caCases: Case[] = [
  accepts('the active CA key', { ca: cas.active }),
  accepts('the next CA key', { ca: cas.next }),
  accepts('the CA key that is being retired', { ca: cas.retiring }),
  refuses('the retired CA key', { ca: cas.retired }),
  refuses('a foreign CA key', { ca: cas.foreign }),
  refuses('a foreign signature in the name of our CA', { raw: { sign: cas.foreign.sign } }),
  refuses('our signature in the name of a foreign CA', { change: { ca: cas.foreign.blob } }),
  refuses('a signature over something else', { raw: { sign: () => cas.active.sign(Buffer.from('something else')) } }),
  refuses('an empty signature', { raw: { sign: () => Buffer.alloc(0) } }),
  refuses('a signature of zeros', {
    raw: { sign: () => Buffer.concat([part('ssh-ed25519'), part(Buffer.alloc(64))]) },
  }),
  refuses('a signature that says it is of another kind', {
    raw: { sign: (body) => Buffer.concat([part('ssh-rsa'), cas.active.sign(body).subarray(15)]) },
  }),
]
const self = ed25519Key()
const nestedKey = ed25519Key()
const nested = rawCertificate(rawFields(nestedKey, cas.active, root), cas.active)
const keyCases: Case[] = [
  refuses('a certificate that its own key signed', {
    key: self,
    change: { ca: self.key.blob },
    raw: { sign: self.sign },
  }),
  refuses('a certificate in the place of the CA key', { change: { ca: nested }, raw: { sign: nestedKey.sign } }),
  refuses('a certificate in the place of the key', { change: { subject: part(nested) } }),
  refuses('somebody else’s certificate, without their key', { signer: ed25519Key() }),
  refuses('the key without a certificate', { blob: ({ key }) => key.blob, algorithm: 'ssh-ed25519' }),
  refuses('the key under the name of a certificate', { blob: ({ key }) => key.blob }),
  refuses('the CA key itself', { blob: () => cas.active.blob, algorithm: 'ssh-ed25519' }),
  refuses('another algorithm than the certificate’s', { algorithm: 'ecdsa-sha2-nistp256-cert-v01@openssh.com' }),
]

const revocations: Case[] = [
  refuses('revoked by its serial number', { change: { serial: revoked.bySerial.serial } }),
  refuses('revoked by its key id', { change: { keyId: revoked.byKeyId.keyId } }),
  refuses('revoked by both', { change: { serial: revoked.byKeyId.serial, keyId: revoked.byKeyId.keyId } }),
  accepts('the serial number beside a revoked one', { change: { serial: revoked.bySerial.serial - 1n } }),
  accepts('the serial number behind the revoked ones', { change: { serial: revoked.byKeyId.serial + 1n } }),
  accepts('a revoked serial number of another CA key', {
    ca: cas.next,
    change: { serial: revoked.bySerial.serial },
  }),
  accepts('a key id that begins like a revoked one', { change: { keyId: `${revoked.byKeyId.keyId}2` } }),
  accepts('the start of a revoked key id', { change: { keyId: revoked.byKeyId.keyId.slice(0, -1) } }),
  accepts('serial number zero, which no list can name', { change: { serial: 0n } }),
  accepts('the highest serial number', { change: { serial: FOREVER } }),
  accepts('a key id in another script', { change: { keyId: 'пользователь:1' } }),
]

const options: Case[] = [
  accepts('a source address that is ours', critical(['source-address', '127.0.0.1'])),
  accepts('a source network that we are in', critical(['source-address', '127.0.0.0/8'])),
  accepts('one source address of several', critical(['source-address', '192.0.2.7,127.0.0.1/32'])),
  accepts('a source address that is ours, on another address', {
    from: '127.0.0.9',
    ...critical(['source-address', '127.0.0.9/32']),
  }),
  refuses('another source address', critical(['source-address', '192.0.2.7'])),
  refuses('another source address on the same machine', {
    from: '127.0.0.9',
    ...critical(['source-address', '127.0.0.1/32']),
  }),
  refuses('a source network that we are not in', critical(['source-address', '10.0.0.0/8'])),
  refuses('a source address of the other family', critical(['source-address', '::1'])),
  refuses('a source address that is none', critical(['source-address', 'everywhere'])),
  refuses('a source network with bits behind its mask', critical(['source-address', '127.0.0.1/8'])),
  refuses('a source network with too long a mask', critical(['source-address', '127.0.0.0/33'])),
  refuses('source addresses twice', critical(['source-address', '127.0.0.1'], ['source-address', '127.0.0.1'])),
  refuses('source addresses without a value', critical(['source-address', undefined])),
  refuses('a critical option that nobody knows', critical(['shardlyn-magic', 'yes'])),
  refuses('a critical option that nobody knows, without a value', critical(['shardlyn-magic', undefined])),
  refuses('an extension among the critical options', critical(['permit-pty', undefined])),
  refuses('two forced commands', critical(['force-command', 'true'], ['force-command', 'id'])),
  refuses('a critical option that is cut off', { change: { critical: part('force-command') } }),
  accepts('a forced command', critical(['force-command', 'true'])),
  accepts('an extension that nobody knows', extensions(['shardlyn-magic', undefined])),
  accepts('no extensions', extensions()),
  accepts('a critical option among the extensions, which counts for nothing', extensions(['force-command', 'false'])),
  refuses('extensions that are cut off', { change: { extensions: part('permit-pty') } }),
]

const kinds: Case[] = [
  refuses('a host certificate', { change: { kind: 2 } }),
  refuses('a certificate of no kind', { change: { kind: 0 } }),
  refuses('a certificate of an unknown kind', { change: { kind: 3 } }),
  accepts('an empty nonce', { change: { nonce: Buffer.alloc(0) } }),
  refuses('half a certificate', { raw: { after: (it) => it.subarray(0, it.length / 2) } }),
  refuses('a certificate without its last byte', { raw: { after: (it) => it.subarray(0, -1) } }),
  refuses('a byte behind the certificate', { raw: { after: (it) => Buffer.concat([it, Buffer.alloc(1)]) } }),
  refuses('no certificate at all', { raw: { after: () => Buffer.alloc(0) } }),
  refuses('a certificate whose first length is endless', {
    raw: { after: (it) => Buffer.concat([Buffer.alloc(4, 0xff), it.subarray(4)]) },
  }),
]

const fields: (RawName | 'signature')[] = [
  'type',
  'nonce',
  'subject',
  'serial',
  'kind',
  'keyId',
  'principals',
  'after',
  'before',
  'extensions',
  'ca',
  'signature',
]
const tampered = [
  ...fields.map((flip) => refuses(`a bit turned over in ${flip}`, { raw: { flip } })),
  refuses('a bit turned over in critical', {
    ...critical(['source-address', '127.0.0.1/32']),
    raw: { flip: 'critical' },
  }),
  refuses('a bit turned over in reserved', { change: { reserved: Buffer.from('x') }, raw: { flip: 'reserved' } }),
]

/** What sshd makes of a certificate, and what we expect of it. */
export const cases: readonly Case[] = [
  ...keys.map((it) => ({ ...it, name: `key: ${it.name}` })),
  ...principalCases.map((it) => ({ ...it, name: `principals: ${it.name}` })),
  ...validities.map((it) => ({ ...it, name: `validity: ${it.name}` })),
  ...caCases.map((it) => ({ ...it, name: `CA: ${it.name}` })),
  ...keyCases.map((it) => ({ ...it, name: `key and certificate: ${it.name}` })),
  ...revocations.map((it) => ({ ...it, name: `revocation: ${it.name}` })),
  ...options.map((it) => ({ ...it, name: `options: ${it.name}` })),
  ...kinds.map((it) => ({ ...it, name: `form: ${it.name}` })),
  ...tampered.map((it) => ({ ...it, name: `tampered: ${it.name}` })),
]

/** The login that a case is about. */
export function offerOf(it: Case, port: number) {
  const key = it.key ?? ed25519Key()
  const ca = it.ca ?? cas.active
  const made = () => rawCertificate({ ...rawFields(key, ca, root), ...it.change }, ca, it.raw)
  return {
    port,
    user: it.user ?? 'root',
    key: it.signer ?? key,
    blob: it.blob ? it.blob(key) : made(),
    ...(it.algorithm !== undefined && { algorithm: it.algorithm }),
    ...(it.from !== undefined && { from: it.from }),
  }
}
