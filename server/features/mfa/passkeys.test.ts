import { expect, test } from 'vitest'
import { getMe } from '#contract/auth'
import {
  beginPasskey,
  challengeMfa,
  createPasskey,
  deletePasskey,
  disableMfa,
  getMfaStatus,
  listPasskeys,
} from '#contract/mfa'
import { writeSetting } from '#server/db/settings'
import { defaultPolicy, POLICY_SETTING } from '#server/sign-in'
import type { TestApp } from '#server/testing/app'
import { createAuthenticator } from '#server/testing/authenticator'
import { enrolled, passwordOnly, withAna } from '#server/testing/factors'

const begin = async (app: TestApp, token: string) => (await app.call(beginPasskey, {}, { token })).json()
const keep = (app: TestApp, token: string, challenge_token: string, response: unknown, name = 'Laptop') =>
  app.call(createPasskey, { body: { challenge_token, name, response } }, { token })
async function add(app: TestApp, token: string, authenticator = createAuthenticator(), name?: string) {
  const { challenge_token, options } = await begin(app, token)
  return keep(app, token, challenge_token, authenticator.create(options), name)
}

test('a passkey is asked for by name, kept, listed, and brings recovery codes when it is the first factor', async () => {
  await using it = await withAna()
  const { app, clock, token } = it
  const { options } = await begin(app, token)
  expect(options).toMatchObject({
    rp: { id: 'localhost', name: 'Shardlyn' },
    user: { name: 'ana@example.com' },
    attestation: 'none',
    authenticatorSelection: { residentKey: 'required', userVerification: 'preferred' },
  })
  const made = await add(app, token)
  expect(made.status).toBe(201)
  expect(made.json()).toMatchObject({ name: 'Laptop', is_synced: true, last_used_at: null })
  expect(made.json().recovery_codes).toHaveLength(10)
  clock.advance(1)
  const second = await add(app, token, createAuthenticator('http://localhost', { synced: false }), ' Key ')
  expect(second.json()).toMatchObject({ name: 'Key', is_synced: false })
  expect(second.json().recovery_codes).toBeUndefined()
  const { items } = (await app.call(listPasskeys, {}, { token })).json()
  expect(items.map(({ name }: { name: string }) => name)).toEqual(['Key', 'Laptop'])
  expect((await app.call(getMfaStatus, {}, { token })).json()).toMatchObject({ enabled: true, passkeys: 2 })
  expect((await passwordOnly(app)).methods).toEqual(['passkey', 'recovery_code'])
  expect((await begin(app, token)).options.excludeCredentials).toHaveLength(2)
})

test('at an IP address there are no passkeys', async () => {
  await using it = await withAna()
  for (const host of ['127.0.0.1', '[::1]']) {
    const answer = await it.app.call(beginPasskey, {}, { token: it.token, headers: { host } })
    expect([answer.status, answer.json().code]).toEqual([409, 'passkeys_need_a_name'])
  }
})

test.each([
  ['another origin', { origin: 'http://evil.example' }],
  ['another port', { origin: 'http://localhost:81' }],
  ['another name', { rpId: 'evil.example' }],
  ['another challenge', { challenge: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }],
  ['a sign-in', { type: 'webauthn.get' }],
])('a new passkey for %s is refused', async (_, twists) => {
  await using it = await withAna()
  const { challenge_token, options } = await begin(it.app, it.token)
  const answer = await keep(it.app, it.token, challenge_token, createAuthenticator().create(options, twists))
  expect([answer.status, answer.json().code]).toEqual([400, 'passkey_refused'])
  expect((await it.app.call(getMfaStatus, {}, { token: it.token })).json().enabled).toBe(false)
})

test('a certificate is never looked at, because its revocation list would be fetched from anywhere', async () => {
  await using it = await withAna()
  for (const fmt of ['packed', 'tpm', 'apple', 'android-key', 'android-safetynet', 'fido-u2f']) {
    const { challenge_token, options } = await begin(it.app, it.token)
    const attestation = { fmt, attStmt: new Map([['x5c', Buffer.from('certificate')]]) }
    const response = createAuthenticator().create(options, {}, attestation)
    expect((await keep(it.app, it.token, challenge_token, response)).json().code).toBe('passkey_refused')
  }
})

test.each([
  ['nothing', {}],
  ['a response that is none', { id: 'a', rawId: 'a', type: 'public-key', response: null }],
  [
    'bytes that are no CBOR',
    { id: 'a', rawId: 'a', type: 'public-key', response: { clientDataJSON: 'e30', attestationObject: '____' } },
  ],
  [
    'a nest of arrays',
    {
      id: 'a',
      rawId: 'a',
      type: 'public-key',
      response: { clientDataJSON: 'e30', attestationObject: Buffer.alloc(200_000, 0x81).toString('base64url') },
    },
  ],
])('%s is refused as a passkey', async (_, response) => {
  await using it = await withAna()
  const { challenge_token } = await begin(it.app, it.token)
  expect((await keep(it.app, it.token, challenge_token, response)).status).toBe(400)
})

test('a challenge is good once, for five minutes, for the person who asked for it', async () => {
  await using it = await withAna()
  const { app, clock, token } = it
  const one = await begin(app, token)
  const response = createAuthenticator().create(one.options)
  const twice = await Promise.all([
    keep(app, token, one.challenge_token, response),
    keep(app, token, one.challenge_token, response),
  ])
  expect(twice.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 400])
  const late = await begin(app, token)
  clock.advance(5 * 60_000)
  expect((await keep(app, token, late.challenge_token, createAuthenticator().create(late.options))).status).toBe(400)
  const theirs = await begin(app, token)
  const ana = (await app.call(getMe, {}, { token })).json()
  await app.control.db
    .insertInto('users')
    .values({ ...(await userRow(app, ana.id)), id: crypto.randomUUID(), email: 'ben@example.com' })
    .execute()
  const ben = await app.auth.openSessionFor(
    (
      await app.control.db
        .selectFrom('users')
        .select('id')
        .where('email', '=', 'ben@example.com')
        .executeTakeFirstOrThrow()
    ).id,
  )
  expect((await keep(app, ben, theirs.challenge_token, createAuthenticator().create(theirs.options))).status).toBe(400)
})
const userRow = (app: TestApp, id: string) =>
  app.control.db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirstOrThrow()

test('a passkey is set up once, and twenty at most, also at once', async () => {
  await using it = await withAna()
  const { app, token } = it
  const authenticator = createAuthenticator()
  await add(app, token, authenticator)
  expect((await add(app, token, authenticator)).json().code).toBe('passkey_known')
  for (let i = 0; i < 18; i++) await add(app, token)
  const begun = []
  for (let i = 0; i < 10; i++) begun.push(await begin(app, token))
  const answers = await Promise.all(
    begun.map(({ challenge_token, options }) =>
      keep(app, token, challenge_token, createAuthenticator().create(options)),
    ),
  )
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
  expect((await app.call(getMfaStatus, {}, { token })).json().passkeys).toBe(20)
  expect((await app.call(beginPasskey, {}, { token })).json().code).toBe('too_many_passkeys')
})

test('the last passkey takes the recovery codes with it, and stays while a second factor is required', async () => {
  await using it = await withAna()
  const { app, clock, token } = it
  const { id, recovery_codes } = (await add(app, token)).json()
  const policy = (require_mfa: boolean) =>
    writeSetting(app.control.db, POLICY_SETTING, { ...defaultPolicy, require_mfa }, '2026-01-01T00:00:00Z')
  const remove = () => app.call(deletePasskey, { params: { id } }, { token })
  await policy(true)
  expect((await remove()).json().code).toBe('mfa_required_by_policy')
  await policy(false)
  expect((await remove()).status).toBe(204)
  expect((await remove()).status).toBe(404)
  expect(await passwordOnly(app)).toHaveProperty('access_token')
  const { id: second } = (await add(app, token)).json()
  await enrolled(app, clock, token)
  await policy(true)
  expect((await app.call(deletePasskey, { params: { id: second } }, { token })).status).toBe(204)
  const { challenge_token } = await passwordOnly(app)
  expect((await app.call(challengeMfa, { body: { challenge_token, code: recovery_codes[0] } })).status).toBe(401)
})

test('a passkey that is the only way in stays', async () => {
  await using it = await withAna()
  const { app, token } = it
  const { id, recovery_codes } = (await add(app, token)).json()
  await app.control.db.updateTable('users').set({ password_hash: null }).execute()
  expect((await app.call(deletePasskey, { params: { id } }, { token })).json().code).toBe('only_way_in')
  const disabled = await app.call(disableMfa, { body: { code: recovery_codes[0] } }, { token })
  expect([disabled.status, disabled.json().code]).toEqual([409, 'only_way_in'])
})

test('nobody sees or removes the passkeys of another', async () => {
  await using it = await withAna()
  const { app, token } = it
  const { id } = (await add(app, token)).json()
  const me = (await app.call(getMe, {}, { token })).json()
  await app.control.db
    .insertInto('users')
    .values({ ...(await userRow(app, me.id)), id: 'ben', email: 'ben@example.com' })
    .execute()
  const ben = await app.auth.openSessionFor('ben')
  expect((await app.call(listPasskeys, {}, { token: ben })).json()).toEqual({ items: [] })
  expect((await app.call(deletePasskey, { params: { id } }, { token: ben })).status).toBe(404)
  expect((await app.call(getMfaStatus, {}, { token })).json().passkeys).toBe(1)
})
