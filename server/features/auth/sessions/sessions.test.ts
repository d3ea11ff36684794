import { expect, test } from 'vitest'
import { getMe, login, logout, logoutEverywhere, refresh, type Tokens } from '#contract/auth'
import { listSessions, revokeSession } from '#contract/users'
import { newId } from '#server/ids'
import { testApp } from '#server/testing/app'
import { fakeClock } from '#server/testing/clock'

const person = { email: 'admin@example.com', password: 'correct horse' }

async function twoSessions(options: Parameters<typeof testApp>[0] = {}) {
  const app = await testApp(options)
  const first = await app.adminToken()
  const second: Tokens = (
    await app.call(login, { body: person }, { headers: { 'user-agent': 'Second Browser' } })
  ).json()
  const status = async (token: string) => (await app.call(getMe, {}, { token })).status
  return { app, first, second, status }
}

test('one sees the own sessions and nobody else’s, and which of them is this one', async () => {
  const { app, second } = await twoSessions()
  await using _ = app
  await app.addPerson({ email: 'other@example.com', role: 'user' })
  const { items } = (await app.call(listSessions, {}, { token: second.access_token })).json()
  expect(items).toMatchObject([
    { is_current: true, user_agent: 'Second Browser', ip: '127.0.0.1' },
    { is_current: false },
  ])
})

test('a session that was not used for thirty days is over and not listed', async () => {
  const clock = fakeClock()
  const { app, second } = await twoSessions({ clock })
  await using _ = app
  clock.advance(20 * 24 * 3600_000)
  const next = (await app.call(refresh, { body: { refresh_token: second.refresh_token } })).json()
  clock.advance(15 * 24 * 3600_000)
  const last = (await app.call(refresh, { body: { refresh_token: next.refresh_token } })).json()
  const { items } = (await app.call(listSessions, {}, { token: last.access_token })).json()
  expect(items).toMatchObject([{ is_current: true }])
})

test('a session is revoked once, by its owner only', async () => {
  const { app, first, second, status } = await twoSessions()
  await using _ = app
  const { items } = (await app.call(listSessions, {}, { token: first })).json()
  const id = items.find((session: { is_current: boolean }) => !session.is_current).id
  const stranger = await app.addPerson({ email: 'other@example.com', role: 'admin' })
  expect((await app.call(revokeSession, { params: { id } }, { token: stranger.token })).status).toBe(404)
  expect(await status(second.access_token)).toBe(200)
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => app.call(revokeSession, { params: { id } }, { token: first })),
  )
  expect(answers.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([204, 404, 404, 404, 404])
  expect([await status(second.access_token), await status(first)]).toEqual([401, 200])
  expect((await app.call(revokeSession, { params: { id: newId() } }, { token: first })).status).toBe(404)
})

test('signing out everywhere ends every session, this one too, and each is written down', async () => {
  const { app, first, second, status } = await twoSessions()
  await using _ = app
  expect((await app.call(logoutEverywhere, {}, { token: first })).status).toBe(204)
  expect([await status(first), await status(second.access_token)]).toEqual([401, 401])
  expect((await app.call(refresh, { body: { refresh_token: second.refresh_token } })).status).toBe(401)
  const row = await app.control.db
    .selectFrom('audit_logs')
    .select(['details', 'organization_id'])
    .where('action', '=', 'session.all_ended')
    .executeTakeFirstOrThrow()
  expect(JSON.parse(row.details ?? '')).toEqual({ sessions: 2 })
  expect(row.organization_id).not.toBeNull()
})

test('signing out here leaves the other session', async () => {
  const { app, first, second, status } = await twoSessions()
  await using _ = app
  await app.call(logout, {}, { token: first })
  expect([await status(first), await status(second.access_token)]).toEqual([401, 200])
})
