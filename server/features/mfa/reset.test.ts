import { expect, test } from 'vitest'
import { getMe } from '#contract/auth'
import { challengeMfa, getMfaStatus } from '#contract/mfa'
import { resetUserMfa } from '#contract/users'
import { newId } from '#server/ids'
import { enrolled, passwordOnly, withAna } from '#server/testing/factors'

test('an administrator takes the factors of somebody who lost them; their sessions and open sign-ins end', async () => {
  await using it = await withAna()
  const { app, clock, token } = it
  const { code } = await enrolled(app, clock, token)
  const ana = (await app.call(getMe, {}, { token })).json()
  const { challenge_token } = await passwordOnly(app)
  const row = await app.control.db.selectFrom('users').selectAll().executeTakeFirstOrThrow()
  const operator = { ...row, id: newId(), email: 'operator@example.com' }
  await app.control.db.insertInto('users').values(operator).execute()
  const operators = await app.auth.openSessionFor(operator.id)
  const reset = (id: string, token: string) => app.call(resetUserMfa, { params: { id } }, { token })
  expect((await reset(newId(), operators)).status).toBe(404)
  expect((await reset(ana.id, operators)).status).toBe(204)
  expect((await app.call(getMfaStatus, {}, { token })).status).toBe(401)
  expect((await app.call(challengeMfa, { body: { challenge_token, code: code() } })).json().code).toBe(
    'challenge_expired',
  )
  const signedIn = await passwordOnly(app)
  expect(signedIn).toHaveProperty('access_token')
  expect(
    app.control.database.prepare(`select actor_id, subject_id from audit_logs where action = 'mfa.reset'`).all(),
  ).toEqual([{ actor_id: operator.id, subject_id: ana.id }])
})
