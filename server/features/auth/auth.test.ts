import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { bootstrap, desktopLogin, getBootstrapStatus, getMe, login, logout, refresh } from '#contract/auth'
import { testApp } from '#server/testing/app'
import { fakeClock } from '#server/testing/clock'

const person = { email: 'Ana@Example.com', password: 'correct horse' }

test('the first visitor on this machine becomes the administrator and owner of an organization', async () => {
  await using app = await testApp()
  expect((await app.call(getBootstrapStatus)).json()).toEqual({ needs_bootstrap: true, needs_code: false })
  const made = await app.call(bootstrap, { body: { ...person, organization_name: 'Casa' } })
  expect(made.status).toBe(201)
  const me = await app.call(getMe, {}, { token: made.json().access_token })
  expect(me.json()).toMatchObject({
    email: 'ana@example.com',
    platform_role: 'admin',
    organization: { name: 'Casa', role: 'owner' },
  })
  expect(app.bootstrapped).toEqual([me.json().organization.id])
  expect((await app.call(getBootstrapStatus)).json()).toEqual({ needs_bootstrap: false, needs_code: false })
})

test('of twenty set-ups at once exactly one wins', async () => {
  await using app = await testApp()
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) => app.call(bootstrap, { body: { ...person, email: `p${i}@example.com` } })),
  )
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
    201,
    ...Array.from({ length: 19 }, () => 409),
  ])
})

test('a set-up from another machine needs the printed code', async () => {
  await using app = await testApp()
  const from = (body: object, url = bootstrap.url as string, method: 'POST' | 'GET' = 'POST') =>
    app.app.inject({
      method,
      url,
      remoteAddress: '192.0.2.7',
      headers: { host: 'localhost', ...(method === 'POST' && { 'content-type': 'application/json' }) },
      ...(method === 'POST' && { payload: JSON.stringify(body) }),
    })
  expect((await from({}, getBootstrapStatus.url, 'GET')).json().needs_code).toBe(true)
  expect((await from(person)).json().code).toBe('wrong_code')
  expect((await from({ ...person, code: '0000-0000-0000' })).statusCode).toBe(403)
  expect((await from({ ...person, code: '1234-5678-9012' })).statusCode).toBe(201)
})

test('signing in answers alike for a wrong password and an unknown address', async () => {
  await using app = await testApp()
  await app.call(bootstrap, { body: person })
  const wrong = await app.call(login, { body: { ...person, password: 'not it' } })
  const unknown = await app.call(login, { body: { ...person, email: 'who@example.com' } })
  expect([wrong.status, wrong.text]).toEqual([401, unknown.text])
  expect((await app.call(login, { body: person })).status).toBe(200)
  expect((await app.call(login, { body: { ...person, email: ' ANA@example.com ' } })).status).toBe(200)
})

test('a refresh token is good once; its reuse after the overlap ends the whole family', async () => {
  const clock = fakeClock()
  await using app = await testApp({ clock })
  const first = (await app.call(bootstrap, { body: person })).json()
  const second = (await app.call(refresh, { body: { refresh_token: first.refresh_token } })).json()
  expect((await app.call(getMe, {}, { token: second.access_token })).status).toBe(200)
  clock.advance(11_000)
  expect((await app.call(refresh, { body: { refresh_token: first.refresh_token } })).status).toBe(401)
  expect((await app.call(refresh, { body: { refresh_token: second.refresh_token } })).status).toBe(401)
  expect((await app.call(getMe, {}, { token: second.access_token })).status).toBe(401)
})

test('twenty tabs that refresh at once all stay signed in', async () => {
  await using app = await testApp()
  const first = (await app.call(bootstrap, { body: person })).json()
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => app.call(refresh, { body: { refresh_token: first.refresh_token } })),
  )
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
  const again = await app.call(refresh, { body: { refresh_token: answers.at(-1)?.json().refresh_token } })
  expect(again.status).toBe(200)
})

test('an access token dies after fifteen minutes, a refresh token after thirty days', async () => {
  const clock = fakeClock()
  await using app = await testApp({ clock })
  const { access_token, refresh_token, expires_in } = (await app.call(bootstrap, { body: person })).json()
  expect(expires_in).toBe(900)
  clock.advance(899_000)
  expect((await app.call(getMe, {}, { token: access_token })).status).toBe(200)
  clock.advance(2000)
  expect((await app.call(getMe, {}, { token: access_token })).status).toBe(401)
  clock.advance(31 * 24 * 3600 * 1000)
  expect((await app.call(refresh, { body: { refresh_token } })).status).toBe(401)
})

test('after signing out neither token works', async () => {
  await using app = await testApp()
  const { access_token, refresh_token } = (await app.call(bootstrap, { body: person })).json()
  expect((await app.call(logout, {}, { token: access_token })).status).toBe(204)
  expect((await app.call(getMe, {}, { token: access_token })).status).toBe(401)
  expect((await app.call(refresh, { body: { refresh_token } })).status).toBe(401)
})

test('forged access tokens are refused', async () => {
  await using app = await testApp()
  const { access_token } = (await app.call(bootstrap, { body: person })).json()
  const [head, body, signature] = String(access_token).split('.')
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = JSON.parse(Buffer.from(body ?? '', 'base64url').toString())
  const signedWith = (key: string, text: string) =>
    `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`
  const forged = [
    `${encode({ alg: 'none', typ: 'JWT' })}.${body}.`,
    `${encode({ alg: 'none', typ: 'JWT' })}.${body}.${signature}`,
    `${encode({ alg: 'HS512', typ: 'JWT' })}.${body}.${signature}`,
    `${encode({ alg: 'HS256', kid: '../../etc/passwd', typ: 'JWT' })}.${body}.${signature}`,
    `${head}.${encode({ ...claims, exp: claims.exp + 9999 })}.${signature}`,
    signedWith('', `${head}.${body}`),
    signedWith('secret', `${head}.${body}`),
    `${head}.${body}.${'A'.repeat(1_000_0)}`,
    `${head}.${body}`,
    'undefined',
  ]
  for (const token of forged) {
    expect([token.slice(0, 40), (await app.call(getMe, {}, { token })).status]).toEqual([token.slice(0, 40), 401])
  }
})

test('the desktop secret signs the owner in once, from this machine only', async () => {
  await using app = await testApp()
  expect((await app.call(desktopLogin, { body: { secret: app.auth.issueDesktopSecret() } })).status).toBe(403)
  await app.call(bootstrap, { body: person })
  const secret = app.auth.issueDesktopSecret()
  const remote = await app.app.inject({
    method: 'POST',
    url: desktopLogin.url,
    remoteAddress: '192.0.2.7',
    headers: { host: 'localhost', 'content-type': 'application/json' },
    payload: JSON.stringify({ secret }),
  })
  expect(remote.statusCode).toBe(403)
  expect((await app.call(desktopLogin, { body: { secret } })).status).toBe(200)
  expect((await app.call(desktopLogin, { body: { secret } })).status).toBe(403)
})

test.each([
  ['a short password', { email: 'a@b.co', password: 'short' }, 'password'],
  ['a password of 257 characters', { email: 'a@b.co', password: 'x'.repeat(257) }, 'password'],
  ['an address that is none', { email: 'nobody', password: 'long enough' }, 'email'],
])('set-up refuses %s', async (_, body, path) => {
  await using app = await testApp()
  const refused = await app.call(bootstrap, { body })
  expect([refused.status, refused.json().details[0].path]).toEqual([400, path])
})

test('who asks for an organization that is not theirs is told of none, and holds nothing', async () => {
  await using app = await testApp()
  const other = await app.addOrganization('Elsewhere')
  const token = await app.adminToken()
  const me = await app.call(getMe, {}, { token, headers: { 'x-organization-id': other.id } })
  expect(me.json()).toMatchObject({ email: 'admin@example.com', organization: null, everywhere: [] })
  expect((await app.call(getMe, {}, { token })).json().organization).toMatchObject({ role: 'owner' })
})
