import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { getMe, getSignInOptions, login, register, type registrationModes } from '#contract/auth'
import { writeSetting } from '#server/db/settings'
import { newId } from '#server/ids'
import { defaultPolicy, POLICY_SETTING } from '#server/sign-in'
import { testApp, type TestApp } from '#server/testing/app'

const person = { email: 'Bia@Example.com', password: 'battery staple' }

async function withPolicy(registration: (typeof registrationModes)[number]) {
  const app = await testApp()
  await app.adminToken()
  await writeSetting(app.control.db, POLICY_SETTING, { ...defaultPolicy, registration }, new Date().toISOString())
  return app
}
async function invite(app: TestApp, token: string, email: string | null = null) {
  const { id: invited_by, organization } = (await app.signedIn(getMe)).json()
  await app.control.db
    .insertInto('invites')
    .values({
      id: newId(),
      organization_id: organization.id,
      email,
      role: 'user',
      denials: '[]',
      instances: '[]',
      invited_by,
      mailed_at: null,
      accepted_at: null,
      accepted_by: null,
      token_hash: createHash('sha256').update(token).digest('hex'),
      created_at: new Date().toISOString(),
      expires_at: new Date(Date.now() + 3600_000).toISOString(),
    })
    .execute()
  return organization
}
const codeOf = async (app: TestApp, body: object) => {
  const answer = await app.call(register, { body })
  return [answer.status, answer.json().code]
}

test('where registration is open somebody gets an account and an organization of their own', async () => {
  await using app = await withPolicy('open')
  const made = await app.call(register, { body: { ...person, language: 'pt-BR' } })
  expect(made.status).toBe(201)
  const me = (await app.call(getMe, {}, { token: made.json().access_token })).json()
  expect(me).toMatchObject({
    email: 'bia@example.com',
    platform_role: 'user',
    language: 'pt-BR',
    organization: { name: 'bia', role: 'owner' },
  })
  expect((await app.call(login, { body: person })).status).toBe(200)
})

test('an address is taken once, also by twenty at once and in other letters', async () => {
  await using app = await withPolicy('open')
  const answers = await Promise.all(
    Array.from({ length: 15 }, (_, i) =>
      app.call(register, { body: { ...person, email: i % 2 ? 'bia@example.com' : 'BIA@example.com' } }),
    ),
  )
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
    201,
    ...Array.from({ length: 14 }, () => 409),
  ])
  expect(await codeOf(app, person)).toEqual([409, 'email_taken'])
  expect(await codeOf(app, { ...person, email: 'admin@example.com' })).toEqual([409, 'email_taken'])
  const rows = await app.control.db.selectFrom('organizations').select('id').execute()
  expect(rows).toHaveLength(2)
})

test('where one must be invited, an invitation is needed and makes one a member', async () => {
  await using app = await withPolicy('invited')
  expect(await codeOf(app, person)).toEqual([403, 'invite_needed'])
  expect(await codeOf(app, { ...person, invite_token: 'made up' })).toEqual([404, 'invite_not_found'])
  const organization = await invite(app, 'a token')
  const made = await app.call(register, { body: { ...person, invite_token: 'a token' } })
  expect(made.status).toBe(201)
  const me = (await app.call(getMe, {}, { token: made.json().access_token })).json()
  expect(me.organization).toMatchObject({ id: organization.id, role: 'user' })
  expect(await codeOf(app, { ...person, email: 'c@example.com', invite_token: 'a token' })).toEqual([
    404,
    'invite_not_found',
  ])
})

test('an invitation to somebody else leaves no account behind', async () => {
  await using app = await withPolicy('invited')
  await invite(app, 'a token', 'caio@example.com')
  expect(await codeOf(app, { ...person, invite_token: 'a token' })).toEqual([403, 'invite_for_another'])
  expect(await app.control.db.selectFrom('users').select('id').execute()).toHaveLength(1)
  const made = await app.call(register, { body: { ...person, email: 'CAIO@example.com', invite_token: 'a token' } })
  expect(made.status).toBe(201)
})

test('ten who take one invitation at once: one gets in', async () => {
  await using app = await withPolicy('invited')
  await invite(app, 'a token')
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, i) =>
      app.call(register, { body: { ...person, email: `p${i}@example.com`, invite_token: 'a token' } }),
    ),
  )
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
    201,
    ...Array.from({ length: 9 }, () => 404),
  ])
  expect(await app.control.db.selectFrom('users').select('id').execute()).toHaveLength(2)
})

test('where registration is closed nobody registers, also with an invitation', async () => {
  await using app = await withPolicy('closed')
  await invite(app, 'a token')
  expect(await codeOf(app, person)).toEqual([403, 'registration_closed'])
  expect(await codeOf(app, { ...person, invite_token: 'a token' })).toEqual([403, 'registration_closed'])
})

test('before the server is set up nobody registers', async () => {
  await using app = await testApp()
  expect(await codeOf(app, person)).toEqual([403, 'registration_closed'])
})

test('nobody makes themself an administrator or picks an organization', async () => {
  await using app = await withPolicy('open')
  for (const field of ['platform_role', 'organization_id', 'role', 'id']) {
    expect(await codeOf(app, { ...person, [field]: 'admin' })).toEqual([400, 'invalid_request'])
  }
})

test('the pages before the sign-in learn which ways in there are', async () => {
  await using app = await withPolicy('open')
  const byName = (await app.call(getSignInOptions)).json()
  expect(byName).toEqual({ registration: 'open', github: false, passkeys: true, mail: false })
  for (const host of ['127.0.0.1', '[::1]']) {
    expect((await app.call(getSignInOptions, {}, { headers: { host } })).json().passkeys).toBe(false)
  }
})
