import { createHmac, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { expect, test } from 'vitest'
import { bootstrap, getMe } from '#contract/auth'
import type { ChallengeKind } from '#server/challenges'
import type { Clock } from '#server/clock'
import { installationSecret } from '#server/db/keys'
import { createSeal } from '#server/db/seal'
import { testApp, type TestApp } from '#server/testing/app'
import { fakeClock } from '#server/testing/clock'
import { createChallenges } from './challenges.ts'

type Json = Record<string, unknown>
type Forged = [name: string, token: string]

const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
const decode = (part: string | undefined): Json => JSON.parse(Buffer.from(part ?? '', 'base64url').toString())
const hmac = (key: string | Buffer, header: unknown, claims: unknown, hash = 'sha256') => {
  const text = `${encode(header)}.${encode(claims)}`
  return `${text}.${createHmac(hash, key).update(text).digest('base64url')}`
}
const asymmetric = (key: KeyObject, header: unknown, claims: unknown, hash: string) => {
  const text = `${encode(header)}.${encode(claims)}`
  const signer = createSign(hash).update(text)
  return `${text}.${signer.sign({ key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
}
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pem = String(rsa.publicKey.export({ type: 'spki', format: 'pem' }))
const JWT = { alg: 'HS256', typ: 'JWT' }

/** Signed with a key that is not ours, or with none. */
function unsigned(good: string, claims: Json): Forged[] {
  const [head = '', body = '', signature = ''] = good.split('.')
  const later = { ...claims, exp: Number(claims['exp']) + 9999 }
  const none = ['none', 'None', 'NONE', 'nOnE', 'none ', ' none', 'none\u0000', '', 'null', 'false', '0']
  const noAlgorithm: unknown[] = [null, undefined, true, 0, [], ['none'], ['HS256'], {}, { toString: 'HS256' }]
  const swapped = ['HS384', 'HS512', 'RS256', 'RS384', 'RS512', 'PS256', 'ES256', 'ES384', 'EdDSA', 'hs256', 'HS256 ']
  const keys = ['', ' ', 'secret', 'shardlyn', 'password', 'key', '0', 'null', 'undefined', pem, `${pem}\n`, '{}']
  const byHeader: [string, Json][] = [
    ...['../../etc/passwd', '/dev/null', '../../../dev/null', 'C:\\Windows\\win.ini', 'file:///dev/null'].map(
      (kid): [string, Json] => [`kid ${kid}`, { kid }],
    ),
    ...["' or 1=1 --", "x' union select 'secret", '1; drop table users', '$(id)', '| id', '%00', '{{7*7}}'].map(
      (kid): [string, Json] => [`kid ${kid}`, { kid }],
    ),
    ...['jku', 'x5u'].flatMap((name) =>
      ['https://evil.example/keys.json', 'http://127.0.0.1:1/', 'file:///etc/hosts', '//evil.example'].map(
        (url): [string, Json] => [`${name} ${url}`, { [name]: url }],
      ),
    ),
    ['jwk of our own making', { jwk: { kty: 'oct', k: encode('secret') } }],
    ['jwk of an RSA key', { alg: 'RS256', jwk: rsa.publicKey.export({ format: 'jwk' }) }],
    ['x5c of our own making', { x5c: [encode(pem)] }],
    ['b64 false', { b64: false, crit: ['b64'] }],
    ['an unknown crit', { crit: ['evil'], evil: true }],
    ['zip', { zip: 'DEF' }],
  ]
  return [
    ...none.flatMap((alg): Forged[] => [
      [`alg ${alg} without a signature`, `${encode({ alg, typ: 'JWT' })}.${body}.`],
      [`alg ${alg} with the signature of another`, `${encode({ alg, typ: 'JWT' })}.${body}.${signature}`],
    ]),
    ...noAlgorithm.map((alg): Forged => [
      `alg ${String(JSON.stringify(alg))}`,
      hmac('secret', { alg, typ: 'JWT' }, claims),
    ]),
    ...swapped.map((alg): Forged => [
      `alg ${alg} kept signature`,
      `${encode({ alg, typ: 'JWT' })}.${body}.${signature}`,
    ]),
    ...keys.map((key): Forged => [`signed with ${JSON.stringify(key.slice(0, 20))}`, hmac(key, JWT, claims)]),
    ['HS384 with another key', hmac('secret', { alg: 'HS384', typ: 'JWT' }, claims, 'sha384')],
    ['HS512 with another key', hmac('secret', { alg: 'HS512', typ: 'JWT' }, claims, 'sha512')],
    ['RS256 with a key of ours', asymmetric(rsa.privateKey, { alg: 'RS256', typ: 'JWT' }, claims, 'sha256')],
    ['RS512 with a key of ours', asymmetric(rsa.privateKey, { alg: 'RS512', typ: 'JWT' }, claims, 'sha512')],
    ['ES256 with a key of ours', asymmetric(ec.privateKey, { alg: 'ES256', typ: 'JWT' }, claims, 'sha256')],
    ['HS256 that says RS256', hmac(pem, { alg: 'RS256', typ: 'JWT' }, claims)],
    ...byHeader.flatMap(([name, header]): Forged[] => [
      [`${name}, signed with secret`, hmac('secret', { ...JWT, ...header }, claims)],
      [`${name}, signed with nothing`, hmac('', { ...JWT, ...header }, claims)],
    ]),
    ['a longer life', `${head}.${encode(later)}.${signature}`],
    ['another session', `${head}.${encode({ ...claims, sid: '00000000-0000-7000-8000-000000000000' })}.${signature}`],
    ['no signature', `${head}.${body}.`],
    ['a signature of zeros', `${head}.${body}.${encode('\0'.repeat(32))}`],
  ]
}

/** Signed with our own key, as if it had leaked into another use of it: what is said must still be right. */
function misused(key: string, claims: Json, now: number): Forged[] {
  const without = (name: string) => Object.fromEntries(Object.entries(claims).filter(([other]) => other !== name))
  const changed: [string, unknown][] = [
    ...['other', '', 'SHARDLYN', 'shardlyn ', ['other'], null, 1].map((iss): [string, unknown] => ['iss', iss]),
    ...['other', '', 'shardlyn', 'SHARDLYN-API', [], ['other'], null, 1].map((aud): [string, unknown] => ['aud', aud]),
    ...['refresh', 'mfa', 'reset', '', 'ACCESS', 'access ', ['access'], null, 1].map((typ): [string, unknown] => [
      'typ',
      typ,
    ]),
    ...['', 'x', null, 1, [], {}, ['x'], "' or 1=1 --"].map((sid): [string, unknown] => ['sid', sid]),
    ...[now, now - 1, 0, -1, null, 'never', String(now + 900), [now + 900]].map((exp): [string, unknown] => [
      'exp',
      exp,
    ]),
    ...[now + 1, now + 900, 'soon', null, [now - 1], {}].map((nbf): [string, unknown] => ['nbf', nbf]),
  ]
  const headers = [
    { alg: 'HS256' },
    ...['at+jwt', 'JWS', 'none', '', null, 1, ['JWT'], 'mfa+jwt'].map((typ) => ({ alg: 'HS256', typ })),
    { ...JWT, crit: ['exp'] },
    { ...JWT, crit: ['evil'], evil: 1 },
  ]
  return [
    ...Object.keys(claims).map((name): Forged => [`ours without ${name}`, hmac(key, JWT, without(name))]),
    ...changed.map(([name, value]): Forged => [
      `ours with ${name} ${JSON.stringify(value)}`,
      hmac(key, JWT, { ...claims, [name]: value }),
    ]),
    ...headers.map((header): Forged => [`ours with the header ${JSON.stringify(header)}`, hmac(key, header, claims)]),
    ...[null, [], 'text', 1, '{"sid":', '[]'].map((body): Forged => [
      `ours saying ${JSON.stringify(body)}`,
      hmac(key, JWT, body),
    ]),
    ['ours as HS512', hmac(key, { alg: 'HS512', typ: 'JWT' }, claims, 'sha512')],
    ['ours, oversized', hmac(key, JWT, { ...claims, pad: 'x'.repeat(8000) })],
  ]
}

/** A good token in a bad shape. */
function misshapen(good: string): Forged[] {
  const [head = '', body = '', signature = ''] = good.split('.')
  const last = signature.at(-1) ?? 'A'
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const sameBytes = alphabet[alphabet.indexOf(last) ^ 1]
  return [
    ['truncated by one', good.slice(0, -1)],
    ['truncated by half', good.slice(0, good.length / 2)],
    ['cut at its front', good.slice(1)],
    ['only its head', head],
    ['head and body', `${head}.${body}`],
    ['two dots', `${head}..${body}.${signature}`],
    ['three dots', `${head}.${body}..${signature}`],
    ['a dot at its front', `.${good}`],
    ['a dot at its end', `${good}.`],
    ['only dots', '..'],
    ['a fourth part', `${good}.${signature}`],
    ['five parts', `${good}.${body}.${signature}`],
    ['padding', `${good}=`],
    ['another spelling of the same signature', `${head}.${body}.${signature.slice(0, -1)}${sameBytes}`],
    ['standard base64', `${head}.${body}.${Buffer.from(signature, 'base64url').toString('base64')}`],
    ['a space inside', `${head}. ${body}.${signature}`],
    ['a space before', ` ${good}`],
    ['a tab after', `${good}\t`],
    ['a second token after it', `${good} ${good}`],
    ['a comma and another', `${good},${good}`],
    ['in quotes', `"${good}"`],
    ['percent-encoded', good.replaceAll('.', '%2E')],
    ['full-width dots', good.replaceAll('.', '\uff0e')],
    ['letters of another alphabet', good.replace('e', '\u0435')],
    ['an invisible space', `${good}\u200b`],
    ['in capitals', good.toUpperCase()],
    ['reversed', good.split('').toReversed().join('')],
    ['ten thousand characters', `${head}.${body}.${'A'.repeat(10_000)}`],
    ['nothing', ''],
    ['undefined', 'undefined'],
    ['null', 'null'],
    ['JSON', `{"protected":"${head}","payload":"${body}","signature":"${signature}"}`],
  ]
}

async function otherSecrets(app: TestApp, clock: Clock, userId: string, refreshToken: string): Promise<Forged[]> {
  const challenges = createChallenges(clock)
  const begin = async (kind: ChallengeKind): Promise<Forged> => [
    `a challenge of kind ${kind}`,
    await challenges.begin(app.control.db, { kind, user_id: userId, lifeMs: 60_000 }),
  ]
  const { link } = await app.auth.accounts.resetLink(app.control.db, userId, '127.0.0.1')
  return [
    await begin('mfa'),
    await begin('passkey_sign_in'),
    await begin('oauth'),
    await begin('sign_in_code'),
    ['a reset token', link.split('token=')[1] ?? ''],
    ['a refresh token', refreshToken],
    ['the id of the person', userId],
  ]
}

test('of more than two hundred forged access tokens none is accepted, and the good one still is', async () => {
  const clock = fakeClock()
  await using app = await testApp({ clock })
  const made = await app.call(bootstrap, { body: { email: 'ana@example.com', password: 'correct horse' } })
  const { access_token: good, refresh_token } = made.json()
  const { id } = (await app.call(getMe, {}, { token: good })).json()
  const claims = decode(good.split('.')[1])
  const key = await installationSecret(app.control.db, createSeal(Buffer.alloc(32, 7)), 'access_token_key')
  const status = async (authorization: string) => (await app.call(getMe, {}, { headers: { authorization } })).status
  // The key is the right one, or the table below would prove nothing.
  expect(await status(`Bearer ${hmac(key, JWT, { ...claims, jti: 'made here' })}`)).toBe(200)

  const forged = [
    ...unsigned(good, claims),
    ...misused(key, claims, Math.floor(clock.now() / 1000)),
    ...misshapen(good),
    ...(await otherSecrets(app, clock, id, refresh_token)),
  ]
  expect(forged.length).toBeGreaterThanOrEqual(200)
  const accepted: string[] = []
  for (const [name, token] of forged) if ((await status(`Bearer ${token}`)) !== 401) accepted.push(name)
  for (const scheme of ['Basic', 'Token', 'JWT', '']) {
    if ((await status(`${scheme} ${good}`)) !== 401) accepted.push(`the scheme ${scheme}`)
  }
  expect(accepted).toEqual([])
  expect(await status(`Bearer ${good}`)).toBe(200)
})
