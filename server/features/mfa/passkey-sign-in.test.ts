import { expect, test } from 'vitest'
import { getMe } from '#contract/auth'
import { beginPasskey, beginPasskeySignIn, createPasskey, listPasskeys, passkeySignIn } from '#contract/mfa'
import type { TestApp } from '#server/testing/app'
import { createAuthenticator } from '#server/testing/authenticator'
import { passwordOnly, withAna } from '#server/testing/factors'

type Authenticator = ReturnType<typeof createAuthenticator>

async function addPasskey(app: TestApp, token: string, authenticator = createAuthenticator()): Promise<Authenticator> {
  const { challenge_token, options } = (await app.call(beginPasskey, {}, { token })).json()
  const body = { challenge_token, name: 'Laptop', response: authenticator.create(options) }
  expect((await app.call(createPasskey, { body }, { token })).status).toBe(201)
  return authenticator
}
const begin = async (app: TestApp, mfaToken?: string) =>
  (await app.call(beginPasskeySignIn, { body: mfaToken === undefined ? {} : { challenge_token: mfaToken } })).json()
const finish = (app: TestApp, challenge_token: string, response: unknown) =>
  app.call(passkeySignIn, { body: { challenge_token, response } })

test('a passkey that verifies its user signs in alone', async () => {
  await using it = await withAna()
  const { app, token } = it
  const authenticator = await addPasskey(app, token)
  const { challenge_token, options } = await begin(app)
  expect(options).toMatchObject({ rpId: 'localhost', userVerification: 'required' })
  expect(options.allowCredentials ?? []).toEqual([])
  const signedIn = await finish(app, challenge_token, authenticator.sign(options))
  expect(signedIn.status).toBe(200)
  expect((await app.call(getMe, {}, { token: signedIn.json().access_token })).json().email).toBe('ana@example.com')
  expect((await app.call(listPasskeys, {}, { token })).json().items[0].last_used_at).not.toBeNull()
})

test('after the password a passkey is the second factor, and the sign-in is over', async () => {
  await using it = await withAna()
  const { app, token } = it
  const authenticator = await addPasskey(app, token)
  const first = await passwordOnly(app)
  const { challenge_token, options } = await begin(app, first.challenge_token)
  expect(options.allowCredentials).toMatchObject([{ id: authenticator.id, transports: ['internal', 'hybrid'] }])
  expect((await finish(app, challenge_token, authenticator.sign(options, { userVerified: false }))).status).toBe(200)
  expect(await begin(app, first.challenge_token)).toMatchObject({ code: 'challenge_expired' })
})

test('a failed passkey leaves the challenge of the password, a second answer to it finds it gone', async () => {
  await using it = await withAna()
  const { app, token } = it
  const authenticator = await addPasskey(app, token)
  const first = await passwordOnly(app)
  const failed = await begin(app, first.challenge_token)
  expect(
    (await finish(app, failed.challenge_token, authenticator.sign(failed.options, { tampered: true }))).status,
  ).toBe(401)
  const one = await begin(app, first.challenge_token)
  const two = await begin(app, first.challenge_token)
  expect((await finish(app, one.challenge_token, authenticator.sign(one.options))).status).toBe(200)
  expect((await finish(app, two.challenge_token, authenticator.sign(two.options))).json().code).toBe(
    'challenge_expired',
  )
})

test.each([
  ['another origin', { origin: 'http://evil.example' }],
  ['another name', { rpId: 'evil.example' }],
  ['a challenge of its own', { challenge: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }],
  ['a tampered signature', { tampered: true }],
  ['no verified user', { userVerified: false }],
  ['a credential that is not known', { credentialId: 'AAAA' }],
  ['the making of a passkey', { type: 'webauthn.create' }],
  ['a counter that went back', { counter: 3 }],
  ['a counter that stood still', { counter: 5 }],
])('a sign-in with %s is refused', async (_, twists) => {
  await using it = await withAna()
  const { app, token } = it
  const authenticator = createAuthenticator()
  authenticator.countFrom(5)
  await addPasskey(app, token, authenticator)
  const { challenge_token, options } = await begin(app)
  const refused = await finish(app, challenge_token, authenticator.sign(options, twists))
  expect([refused.status, refused.json().code]).toEqual([401, 'passkey_refused'])
  const next = await begin(app)
  expect((await finish(app, next.challenge_token, authenticator.sign(next.options))).status).toBe(200)
})

test('an answer is good once, of twenty at once for exactly one', async () => {
  await using it = await withAna()
  const { app, token } = it
  const authenticator = await addPasskey(app, token)
  const { challenge_token, options } = await begin(app)
  const response = authenticator.sign(options)
  const answers = await Promise.all(Array.from({ length: 19 }, () => finish(app, challenge_token, response)))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
})

test('challenges of another kind and old ones open nothing', async () => {
  await using it = await withAna()
  const { app, clock, token } = it
  const authenticator = await addPasskey(app, token)
  const creation = (await app.call(beginPasskey, {}, { token })).json()
  const answer = authenticator.sign({ ...creation.options, rpId: 'localhost' })
  expect((await finish(app, creation.challenge_token, answer)).json().code).toBe('challenge_expired')
  const { challenge_token } = await passwordOnly(app)
  expect((await finish(app, challenge_token, answer)).json().code).toBe('challenge_expired')
  expect(await begin(app, creation.challenge_token)).toMatchObject({ code: 'challenge_expired' })
  const old = await begin(app)
  clock.advance(5 * 60_000)
  expect((await finish(app, old.challenge_token, authenticator.sign(old.options))).json().code).toBe(
    'challenge_expired',
  )
})

test('the passkey of another does not finish a sign-in, and a suspended person has none', async () => {
  await using it = await withAna()
  const { app, token } = it
  const authenticator = await addPasskey(app, token)
  const ana = await app.control.db.selectFrom('users').selectAll().executeTakeFirstOrThrow()
  await app.control.db
    .insertInto('users')
    .values({ ...ana, id: 'ben', email: 'ben@example.com' })
    .execute()
  const bens = await addPasskey(app, await app.auth.openSessionFor('ben'))
  const { challenge_token } = await passwordOnly(app)
  const { challenge_token: second, options } = await begin(app, challenge_token)
  expect((await finish(app, second, bens.sign(options))).json().code).toBe('passkey_refused')
  await app.control.db.updateTable('users').set({ suspended_at: 'now' }).where('id', '=', ana.id).execute()
  const alone = await begin(app)
  expect((await finish(app, alone.challenge_token, authenticator.sign(alone.options))).status).toBe(401)
})

test('a passkey is bound to the name that it was made for, and there is none at an IP address', async () => {
  await using it = await withAna()
  const { app, token } = it
  await addPasskey(app, token)
  const at = (host: string, body = {}) => app.call(beginPasskeySignIn, { body }, { headers: { host } })
  expect((await at('127.0.0.1')).json().code).toBe('passkeys_need_a_name')
  await app.control.db.updateTable('passkeys').set({ rp_id: 'elsewhere.example' }).execute()
  const { challenge_token } = await passwordOnly(app)
  const answer = await at('localhost', { challenge_token })
  expect([answer.status, answer.json().code]).toEqual([409, 'no_passkey_here'])
})
