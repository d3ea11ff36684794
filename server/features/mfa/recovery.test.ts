import { expect, test } from 'vitest'
import { challengeMfa, disableMfa, getMfaStatus, regenerateRecoveryCodes } from '#contract/mfa'
import { fakeClock } from '#server/testing/clock'
import { enrolled, MINUTE_MS, passwordOnly, withAna } from '#server/testing/factors'
import { newRecoveryCodes, recoveryCodeHash } from './recovery-codes.ts'
import { createTries } from './tries.ts'

test('a recovery code signs in once, in any case and without its dash', async () => {
  await using it = await withAna()
  const { app, clock, token } = it
  const { recoveryCodes } = await enrolled(app, clock, token)
  const send = async (code: string) => {
    const { challenge_token } = await passwordOnly(app)
    return (await app.call(challengeMfa, { body: { challenge_token, code } })).status
  }
  const [first = '', second = ''] = recoveryCodes
  expect(await send(first)).toBe(200)
  expect(await send(first)).toBe(401)
  expect(await send(second.toUpperCase().replace('-', ''))).toBe(200)
  expect(await send('aaaaa-aaaaa')).toBe(401)
  expect((await app.call(getMfaStatus, {}, { token })).json().recovery_codes_left).toBe(8)
})

test('of twenty sign-ins at once with one recovery code exactly one succeeds', async () => {
  await using it = await withAna()
  const { recoveryCodes } = await enrolled(it.app, it.clock, it.token)
  const challenges = await Promise.all(Array.from({ length: 5 }, () => passwordOnly(it.app)))
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      it.app.call(challengeMfa, {
        body: { challenge_token: challenges[i % 5]?.challenge_token, code: recoveryCodes[0] },
      }),
    ),
  )
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
})

test('ten new recovery codes end the old ones, and an old one is good for asking for them', async () => {
  await using it = await withAna()
  const { app, clock, token } = it
  const { recoveryCodes, code } = await enrolled(app, clock, token)
  const renew = (code: string | undefined) => app.call(regenerateRecoveryCodes, { body: { code } }, { token })
  const wrong = await renew('000000')
  expect([wrong.status, wrong.json().code]).toEqual([400, 'wrong_code'])
  const renewed = (await renew(code())).json().recovery_codes as string[]
  expect(renewed).toHaveLength(10)
  expect((await renew(recoveryCodes[0])).status).toBe(400)
  expect((await renew(renewed[0])).json().recovery_codes).toHaveLength(10)
  clock.advance(MINUTE_MS)
  expect((await renew(renewed[1])).status).toBe(400)
})

test('a recovery code switches everything off, and then there is nothing to renew or switch off', async () => {
  await using it = await withAna()
  const { app, clock, token } = it
  const { recoveryCodes } = await enrolled(app, clock, token)
  expect((await app.call(disableMfa, { body: { code: recoveryCodes[3] } }, { token })).status).toBe(204)
  for (const op of [disableMfa, regenerateRecoveryCodes]) {
    expect((await app.call(op, { body: { code: recoveryCodes[4] } }, { token })).json().code).toBe('mfa_not_enabled')
  }
  expect((await app.call(getMfaStatus, {}, { token })).json()).toMatchObject({ enabled: false, recovery_codes_left: 0 })
})

test('a code of somebody else is not good', async () => {
  const [one = ''] = newRecoveryCodes()
  const hash = recoveryCodeHash('key', 'ana', one)
  expect(recoveryCodeHash('key', 'ana', ` ${one.toUpperCase()} `)).toBe(hash)
  expect(recoveryCodeHash('key', 'ben', one)).not.toBe(hash)
  expect(recoveryCodeHash('other', 'ana', one)).not.toBe(hash)
})

test('the tries of a hundred thousand accounts take bounded memory', () => {
  const clock = fakeClock()
  const tries = createTries(clock)
  for (let i = 0; i < 100_000; i++) tries.take(`account ${i}`)
  expect(tries.count()).toBeLessThanOrEqual(10_000)
})
