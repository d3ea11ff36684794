import { expect, test } from 'vitest'
import { bootstrap, forgotPassword, getMe, login, refresh, register, resetPassword } from '#contract/auth'
import { updatePassword } from '#contract/users'
import { testApp, type TestApp } from '#server/testing/app'
import { fakeClock } from '#server/testing/clock'

const person = { email: 'ana@example.com', password: 'correct horse' }
const next = 'battery staple'

async function setUp(options: Parameters<typeof testApp>[0] = {}) {
  const app = await testApp(options)
  const tokens = (await app.call(bootstrap, { body: person })).json()
  const { id } = (await app.call(getMe, {}, { token: tokens.access_token })).json()
  return { app, tokens, id: String(id) }
}
const signIn = async (app: TestApp, password: string) =>
  (await app.call(login, { body: { email: person.email, password } })).status
const linkFor = (app: TestApp, id: string) => app.auth.accounts.resetLink(app.control.db, id, '127.0.0.1')
const tokenIn = (link: string) => new URLSearchParams(new URL(link).hash.slice(1)).get('token') ?? ''

test('a reset link carries its token where no server sees it, and leads to the address that people use', async () => {
  const { app, id } = await setUp({ config: { publicUrl: 'https://panel.example/' } })
  await using _ = app
  const { link } = await linkFor(app, id)
  expect(link).toMatch(/^https:\/\/panel\.example\/reset-password#token=[\w-]{43}$/)
})

test('a reset sets the password, ends every session, and is good once', async () => {
  const { app, tokens, id } = await setUp()
  await using _ = app
  const token = tokenIn((await linkFor(app, id)).link)
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => app.call(resetPassword, { body: { token, new_password: next } })),
  )
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
    204,
    ...Array.from({ length: 9 }, () => 400),
  ])
  expect((await app.call(getMe, {}, { token: tokens.access_token })).status).toBe(401)
  expect((await app.call(refresh, { body: { refresh_token: tokens.refresh_token } })).status).toBe(401)
  expect([await signIn(app, person.password), await signIn(app, next)]).toEqual([401, 200])
  const again = await app.call(resetPassword, { body: { token, new_password: 'third password' } })
  expect(again.json().code).toBe('reset_link_invalid')
})

test('a reset link dies after thirty minutes, and by a newer one', async () => {
  const clock = fakeClock()
  const { app, id } = await setUp({ clock })
  await using _ = app
  const first = tokenIn((await linkFor(app, id)).link)
  const second = tokenIn((await linkFor(app, id)).link)
  const reset = (token: string) => app.call(resetPassword, { body: { token, new_password: next } })
  expect((await reset(first)).status).toBe(400)
  clock.advance(30 * 60_000)
  expect((await reset(second)).status).toBe(400)
  expect((await reset(tokenIn((await linkFor(app, id)).link))).status).toBe(204)
})

test('a weak password does not use the link up', async () => {
  const { app, id } = await setUp()
  await using _ = app
  const token = tokenIn((await linkFor(app, id)).link)
  const weak = await app.call(resetPassword, { body: { token, new_password: 'Password123' } })
  expect([weak.status, weak.json().code]).toEqual([400, 'weak_password'])
  expect((await app.call(resetPassword, { body: { token, new_password: next } })).status).toBe(204)
})

test('asking for a link answers alike for every address, and makes one for accounts only', async () => {
  const { app, id } = await setUp()
  await using _ = app
  const known = await app.call(forgotPassword, { body: { email: ' ANA@example.com' } })
  const unknown = await app.call(forgotPassword, { body: { email: 'who@example.com' } })
  const nonsense = await app.call(forgotPassword, { body: { email: 'nobody' } })
  expect([known.status, known.text]).toEqual([202, unknown.text])
  expect([nonsense.status, nonsense.text]).toEqual([202, unknown.text])
  await app.auth.settled()
  const rows = await app.control.db.selectFrom('challenges').select('user_id').where('kind', '=', 'reset').execute()
  expect(rows).toEqual([{ user_id: id }])
})

test('a suspended account gets no link, and one that it has is worth nothing', async () => {
  const { app, id } = await setUp()
  await using _ = app
  const token = tokenIn((await linkFor(app, id)).link)
  await app.control.db
    .updateTable('users')
    .set({ suspended_at: new Date().toISOString() })
    .where('id', '=', id)
    .execute()
  expect((await app.call(resetPassword, { body: { token, new_password: next } })).status).toBe(400)
  await app.call(forgotPassword, { body: { email: person.email } })
  await app.auth.settled()
  const rows = await app.control.db.selectFrom('challenges').select('user_id').execute()
  expect(rows).toHaveLength(1)
})

test('the own password is changed with the old one; other sessions end and this one goes on', async () => {
  const { app, tokens, id } = await setUp()
  await using _ = app
  const other = (await app.call(login, { body: person })).json()
  const token = tokens.access_token
  const change = (body: object) => app.call(updatePassword, { body }, { token })
  expect((await change({ new_password: next })).json().code).toBe('current_password_needed')
  expect((await change({ current_password: 'not it', new_password: next })).json().code).toBe('wrong_password')
  const waiting = tokenIn((await linkFor(app, id)).link)
  expect((await change({ current_password: person.password, new_password: next })).status).toBe(204)
  expect((await app.call(getMe, {}, { token })).status).toBe(200)
  expect((await app.call(refresh, { body: { refresh_token: tokens.refresh_token } })).status).toBe(200)
  expect((await app.call(getMe, {}, { token: other.access_token })).status).toBe(401)
  expect((await app.call(refresh, { body: { refresh_token: other.refresh_token } })).status).toBe(401)
  expect([await signIn(app, person.password), await signIn(app, next)]).toEqual([401, 200])
  expect((await app.call(resetPassword, { body: { token: waiting, new_password: 'third one' } })).status).toBe(400)
})

test('of two changes of a password at once one wins', async () => {
  const { app, tokens } = await setUp()
  await using _ = app
  const answers = await Promise.all(
    ['first choice', 'second choice'].map((new_password) =>
      app.call(
        updatePassword,
        { body: { current_password: person.password, new_password } },
        { token: tokens.access_token },
      ),
    ),
  )
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([204, 409])
})

test('an account without a password sets one without an old one', async () => {
  await using app = await testApp()
  const { token } = await app.addPerson({ email: 'git@example.com', role: 'user' })
  expect((await app.call(updatePassword, { body: { new_password: next } }, { token })).status).toBe(204)
  expect((await app.call(login, { body: { email: 'git@example.com', password: next } })).status).toBe(200)
})

test.each([
  ['among the most common', 'Password123'],
  ['the own address', 'Ana.Maria@Example.com'],
  ['the first half of the own address', 'ana.MARIA'],
  ['common, with a space around it', ' password1 '],
])('a password that is %s is refused wherever one is chosen', async (_, weak) => {
  const email = 'ana.maria@example.com'
  await using app = await testApp()
  expect((await app.call(bootstrap, { body: { email, password: weak } })).json().code).toBe('weak_password')
  const { access_token } = (await app.call(bootstrap, { body: { email, password: next } })).json()
  const { id } = (await app.call(getMe, {}, { token: access_token })).json()
  const token = tokenIn((await linkFor(app, id)).link)
  expect((await app.call(resetPassword, { body: { token, new_password: weak } })).json().code).toBe('weak_password')
  const changed = await app.call(
    updatePassword,
    { body: { current_password: next, new_password: weak } },
    { token: access_token },
  )
  expect(changed.json().code).toBe('weak_password')
  await expect(app.auth.accounts.hashPassword(weak, email, '127.0.0.1')).rejects.toThrow()
})

test('a password of 257 characters is refused before it is hashed, one of 256 is fine', async () => {
  const { app, tokens } = await setUp()
  await using _ = app
  const long = 'long pass '.repeat(30)
  const change = (new_password: string) =>
    app.call(
      updatePassword,
      { body: { current_password: person.password, new_password } },
      { token: tokens.access_token },
    )
  expect((await change(long.slice(0, 257))).json().code).toBe('invalid_request')
  expect((await app.call(login, { body: { ...person, password: long.slice(0, 257) } })).status).toBe(400)
  expect((await app.call(register, { body: { ...person, password: long.slice(0, 257) } })).status).toBe(400)
  expect((await change(long.slice(0, 256))).status).toBe(204)
  expect(await signIn(app, long.slice(0, 256))).toBe(200)
})

test('the same letters from another keyboard are the same password', async () => {
  await using app = await testApp()
  await app.call(bootstrap, { body: { ...person, password: 'cora\u00e7\u00e3o forte' } })
  expect(await signIn(app, 'corac\u0327a\u0303o forte')).toBe(200)
})
