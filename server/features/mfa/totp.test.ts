import { expect, test } from 'vitest'
import { getMe } from '#contract/auth'
import { challengeMfa, disableMfa, enrollMfa, getMfaStatus, regenerateRecoveryCodes, verifyMfa } from '#contract/mfa'
import { defaultPolicy, POLICY_SETTING } from '#server/sign-in'
import { writeSetting } from '#server/db/settings'
import { codeAt, enrolled, MINUTE_MS, passwordOnly, STEP_MS, withAna } from '#server/testing/factors'

test('an authenticator app is enrolled with a secret that every app reads, and a code switches it on', async () => {
  await using it = await withAna()
  const { app, clock, token } = it
  const { secret, otpauth_uri } = (await app.call(enrollMfa, {}, { token })).json()
  expect(secret).toMatch(/^[A-Z2-7]{32}$/)
  expect(decodeURIComponent(otpauth_uri)).toBe(
    `otpauth://totp/Shardlyn:ana@example.com?secret=${secret}&issuer=Shardlyn`,
  )
  expect((await app.call(getMfaStatus, {}, { token })).json()).toEqual({
    enabled: false,
    totp: false,
    passkeys: 0,
    recovery_codes_left: 0,
    required: false,
  })
  const verified = await app.call(verifyMfa, { body: { code: codeAt(secret, clock.now()) } }, { token })
  expect(new Set(verified.json().recovery_codes).size).toBe(10)
  for (const code of verified.json().recovery_codes) expect(code).toMatch(/^[0-9a-z]{5}-[0-9a-z]{5}$/)
  expect((await app.call(getMfaStatus, {}, { token })).json()).toMatchObject({
    enabled: true,
    totp: true,
    recovery_codes_left: 10,
  })
  expect((await app.call(getMe, {}, { token })).json().mfa_enabled).toBe(true)
})

test('neither the secret nor a recovery code is readable in the database', async () => {
  await using it = await withAna()
  const { secret, recoveryCodes } = await enrolled(it.app, it.clock, it.token)
  const rows = ['mfa_totp', 'recovery_codes', 'audit_logs'].flatMap((table) =>
    it.app.control.database.prepare(`select * from ${table}`).all(),
  )
  const text = JSON.stringify(rows)
  for (const word of [secret, ...recoveryCodes, ...recoveryCodes.map((code) => code.replace('-', ''))]) {
    expect(text).not.toContain(word)
  }
})

test('the code that switched it on does not sign in, and each later one does once', async () => {
  await using it = await withAna()
  const { app, clock, token } = it
  const { secret } = (await app.call(enrollMfa, {}, { token })).json()
  const code = codeAt(secret, clock.now())
  await app.call(verifyMfa, { body: { code } }, { token })
  const { challenge_token, methods } = await passwordOnly(app)
  expect(methods).toEqual(['totp', 'recovery_code'])
  const replayed = await app.call(challengeMfa, { body: { challenge_token, code } })
  expect([replayed.status, replayed.json().code]).toEqual([401, 'wrong_code'])
  clock.advance(STEP_MS)
  const next = codeAt(secret, clock.now())
  const signedIn = await app.call(challengeMfa, { body: { challenge_token, code: next } })
  expect(signedIn.status).toBe(200)
  expect((await app.call(getMe, {}, { token: signedIn.json().access_token })).status).toBe(200)
  const again = await passwordOnly(app)
  expect(
    (await app.call(challengeMfa, { body: { challenge_token: again.challenge_token, code: next } })).json().code,
  ).toBe('wrong_code')
})

test.each([
  [-2, 401],
  [-1, 200],
  [0, 200],
  [1, 200],
  [2, 401],
])('a code of the step %i from now answers %i', async (steps, status) => {
  await using it = await withAna()
  const { code } = await enrolled(it.app, it.clock, it.token)
  it.clock.advance(10 * MINUTE_MS)
  const { challenge_token } = await passwordOnly(it.app)
  expect((await it.app.call(challengeMfa, { body: { challenge_token, code: code(steps * STEP_MS) } })).status).toBe(
    status,
  )
})

test('after a code of the next step the current one is refused', async () => {
  await using it = await withAna()
  const { code } = await enrolled(it.app, it.clock, it.token)
  const first = await passwordOnly(it.app)
  const second = await passwordOnly(it.app)
  const send = (challenge_token: string, code: string) => it.app.call(challengeMfa, { body: { challenge_token, code } })
  expect((await send(first.challenge_token, code(STEP_MS))).status).toBe(200)
  expect((await send(second.challenge_token, code())).status).toBe(401)
})

test('of twenty sign-ins at once with one code exactly one succeeds, in each of five rounds', async () => {
  await using it = await withAna()
  const { code } = await enrolled(it.app, it.clock, it.token)
  for (let round = 0; round < 5; round++) {
    it.clock.advance(2 * MINUTE_MS)
    const { challenge_token } = await passwordOnly(it.app)
    const body = { challenge_token, code: code() }
    const answers = await Promise.all(Array.from({ length: 20 }, () => it.app.call(challengeMfa, { body })))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  }
})

test('five codes a minute for an account, from all addresses together and over all operations', async () => {
  await using it = await withAna()
  const { app, clock, token } = it
  const { code } = await enrolled(app, clock, token)
  const { challenge_token } = await passwordOnly(app)
  const from = (ip: string, code: string) =>
    app.app.inject({
      method: 'POST',
      url: challengeMfa.url,
      remoteAddress: ip,
      headers: { host: 'localhost', 'content-type': 'application/json' },
      payload: JSON.stringify({ challenge_token, code }),
    })
  for (let i = 0; i < 4; i++) expect((await from(`192.0.2.${i}`, '000000')).statusCode).toBe(401)
  expect((await app.call(disableMfa, { body: { code: '000000' } }, { token })).status).toBe(400)
  clock.advance(20_000)
  for (const answer of [await from('198.51.100.1', code()), await from('198.51.100.2', code())]) {
    expect([answer.statusCode, answer.json().code, answer.headers['retry-after']]).toEqual([
      429,
      'too_many_attempts',
      '40',
    ])
  }
  for (const op of [disableMfa, regenerateRecoveryCodes]) {
    expect((await app.call(op, { body: { code: code() } }, { token })).status).toBe(429)
  }
  clock.advance(40_000)
  expect((await from('198.51.100.1', code())).statusCode).toBe(200)
})

test('after ten wrong codes the password is asked for again, and each of them is in the audit log', async () => {
  await using it = await withAna()
  const { code } = await enrolled(it.app, it.clock, it.token)
  const { challenge_token } = await passwordOnly(it.app)
  const send = (code: string) => it.app.call(challengeMfa, { body: { challenge_token, code } })
  for (let i = 0; i < 10; i++) {
    if (i === 5) it.clock.advance(MINUTE_MS)
    expect((await send('000000')).json().code).toBe('wrong_code')
  }
  it.clock.advance(MINUTE_MS)
  expect((await send(code())).json().code).toBe('challenge_expired')
  const refused = it.app.control.database
    .prepare(`select outcome from audit_logs where action = 'mfa.refused' and ip = '127.0.0.1'`)
    .all()
  expect(refused).toHaveLength(10)
})

test('a challenge ends after five minutes, is good for one sign-in, and opens nothing else', async () => {
  await using it = await withAna()
  const { code } = await enrolled(it.app, it.clock, it.token)
  const { challenge_token } = await passwordOnly(it.app)
  expect((await it.app.call(getMe, {}, { token: challenge_token })).status).toBe(401)
  it.clock.advance(5 * MINUTE_MS)
  const send = (challenge_token: string, code: string) => it.app.call(challengeMfa, { body: { challenge_token, code } })
  expect((await send(challenge_token, code())).json().code).toBe('challenge_expired')
  const fresh = await passwordOnly(it.app)
  expect((await send(fresh.challenge_token, code())).status).toBe(200)
  expect((await send(fresh.challenge_token, code(STEP_MS))).json().code).toBe('challenge_expired')
  expect((await send('unknown', code(STEP_MS))).json().code).toBe('challenge_expired')
})

test('changing a factor ends other sessions and not the own one', async () => {
  await using it = await withAna()
  const { app, clock, token } = it
  const user = (await app.call(getMe, {}, { token })).json()
  const other = await app.auth.openSessionFor(user.id)
  const { code } = await enrolled(app, clock, token)
  expect((await app.call(getMe, {}, { token: other })).status).toBe(401)
  const another = await app.auth.openSessionFor(user.id)
  expect((await app.call(disableMfa, { body: { code: code() } }, { token })).status).toBe(204)
  expect((await app.call(getMe, {}, { token: another })).status).toBe(401)
  expect((await app.call(getMe, {}, { token })).json().mfa_enabled).toBe(false)
  expect(await passwordOnly(app)).toHaveProperty('access_token')
})

test('somebody who must set up a second factor can do nothing else until it is set up, and then everything at once', async () => {
  await using it = await withAna()
  const { app, clock, token } = it
  await writeSetting(app.control.db, POLICY_SETTING, { ...defaultPolicy, require_mfa: true }, '2026-01-01T00:00:00Z')
  clock.advance(6000)
  const early = await app.call(disableMfa, { body: { code: '000000' } }, { token })
  expect([early.status, early.json().code]).toEqual([403, 'mfa_enrollment_required'])
  const { code } = await enrolled(app, clock, token)
  expect((await app.call(getMe, {}, { token })).json().must_enroll_mfa).toBe(false)
  const refused = await app.call(disableMfa, { body: { code: code() } }, { token })
  expect([refused.status, refused.json().code]).toEqual([409, 'mfa_required_by_policy'])
})

test('an enrollment is begun anew until it is verified, and not after', async () => {
  await using it = await withAna()
  const { app, clock, token } = it
  expect((await app.call(verifyMfa, { body: { code: '000000' } }, { token })).json().code).toBe('not_enrolled')
  const old = (await app.call(enrollMfa, {}, { token })).json()
  const { secret } = (await app.call(enrollMfa, {}, { token })).json()
  const verify = (secret: string) => app.call(verifyMfa, { body: { code: codeAt(secret, clock.now()) } }, { token })
  const wrong = await verify(old.secret)
  expect([wrong.status, wrong.json().code]).toEqual([400, 'wrong_code'])
  const twice = await Promise.all([verify(secret), verify(secret)])
  expect(twice.filter(({ status }) => status === 200)).toHaveLength(1)
  expect((await app.call(enrollMfa, {}, { token })).json().code).toBe('already_enrolled')
  expect((await verify(secret)).json().code).toBe('already_enrolled')
})
