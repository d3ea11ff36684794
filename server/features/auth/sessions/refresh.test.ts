import { expect, test } from 'vitest'
import { bootstrap, getMe, login, logout, refresh, type Tokens } from '#contract/auth'
import { updatePassword } from '#contract/users'
import { testApp, type TestApp } from '#server/testing/app'
import { fakeClock } from '#server/testing/clock'

const person = { email: 'ana@example.com', password: 'correct horse' }

async function setUp() {
  const clock = fakeClock()
  const app = await testApp({ clock })
  const first: Tokens = (await app.call(bootstrap, { body: person })).json()
  return { app, clock, first }
}
const renew = (app: TestApp, { refresh_token }: Pick<Tokens, 'refresh_token'>) =>
  app.call(refresh, { body: { refresh_token } })
const opens = async (app: TestApp, { access_token: token }: Tokens) => (await app.call(getMe, {}, { token })).status
const revocations = (app: TestApp) =>
  app.control.db
    .selectFrom('audit_logs')
    .select(['action', 'reason', 'actor_name', 'organization_id', 'ip'])
    .where('action', '=', 'session.revoked')
    .execute()

test('a hundred refreshes one after another keep the session', async () => {
  const { app, clock, first } = await setUp()
  await using _ = app
  let tokens = first
  for (let i = 0; i < 100; i++) {
    clock.advance(i % 3 === 0 ? 800_000 : 100)
    const answer = await renew(app, tokens)
    expect(answer.status).toBe(200)
    tokens = answer.json()
  }
  expect(await opens(app, tokens)).toBe(200)
  expect(await revocations(app)).toEqual([])
})

test('of twenty refreshes at once with one token each gets tokens that work and can be renewed', async () => {
  const { app, first } = await setUp()
  await using _ = app
  const answers = await Promise.all(Array.from({ length: 20 }, () => renew(app, first)))
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
  const all = answers.map((answer) => answer.json() as Tokens)
  expect(new Set(all.map(({ refresh_token }) => refresh_token)).size).toBe(20)
  for (const tokens of all) {
    expect([await opens(app, tokens), (await renew(app, tokens)).status]).toEqual([200, 200])
  }
  expect(await revocations(app)).toEqual([])
})

test('a superseded token is good for ten seconds, and after that ends its family, with a row in the audit log', async () => {
  const { app, clock, first } = await setUp()
  await using _ = app
  const second = (await renew(app, first)).json()
  clock.advance(9999)
  expect((await renew(app, first)).status).toBe(200)
  expect(await revocations(app)).toEqual([])
  clock.advance(2)
  expect((await renew(app, first)).status).toBe(401)
  expect([await opens(app, second), (await renew(app, second)).status]).toEqual([401, 401])
  expect(await revocations(app)).toMatchObject([
    { reason: 'refresh_token_reused', actor_name: person.email, ip: '127.0.0.1' },
  ])
  expect((await revocations(app))[0]?.organization_id).not.toBeNull()
})

test('the token before the superseded one ends the family at once, also within ten seconds', async () => {
  const { app, first } = await setUp()
  await using _ = app
  const second = (await renew(app, first)).json()
  const third = (await renew(app, second)).json()
  expect((await renew(app, first)).status).toBe(401)
  expect([await opens(app, third), (await renew(app, third)).status]).toEqual([401, 401])
  expect(await revocations(app)).toHaveLength(1)
})

test('another session of the same person outlives the end of a family', async () => {
  const { app, clock, first } = await setUp()
  await using _ = app
  const other = (await app.call(login, { body: person })).json()
  await renew(app, first)
  clock.advance(11_000)
  expect((await renew(app, first)).status).toBe(401)
  expect([await opens(app, other), (await renew(app, other)).status]).toEqual([200, 200])
})

test('after signing out no token of the session works, and that is not a theft', async () => {
  const { app, first } = await setUp()
  await using _ = app
  const second = (await renew(app, first)).json()
  await app.call(logout, {}, { token: second.access_token })
  expect([(await renew(app, first)).status, (await renew(app, second)).status]).toEqual([401, 401])
  expect(await revocations(app)).toEqual([])
})

test('after a change of the password the own session is renewed and the others are not', async () => {
  const { app, first } = await setUp()
  await using _ = app
  const other = (await app.call(login, { body: person })).json()
  const body = { current_password: person.password, new_password: 'battery staple' }
  await app.call(updatePassword, { body }, { token: first.access_token })
  expect([(await renew(app, other)).status, (await renew(app, first)).status]).toEqual([401, 200])
  expect(await revocations(app)).toEqual([])
})

test.each(['', 'x', 'A'.repeat(43), 'A'.repeat(512), "' or 1=1 --"])('%j is not a refresh token', async (token) => {
  const { app, first } = await setUp()
  await using _ = app
  expect((await renew(app, { refresh_token: token })).status).toBe(token === '' ? 400 : 401)
  expect((await renew(app, { refresh_token: first.access_token })).status).toBe(401)
  expect(await opens(app, first)).toBe(200)
})
