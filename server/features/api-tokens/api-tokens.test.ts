import { expect, test } from 'vitest'
import { API_TOKEN_PREFIX, createApiToken, deleteApiToken, listApiTokens } from '#contract/api-tokens'
import { getMe } from '#contract/auth'
import { openEvents } from '#contract/events'
import { newId } from '#server/ids'
import { testApp, type TestApp } from '#server/testing/app'
import { fakeClock } from '#server/testing/clock'
import { rawViewer } from '#server/testing/raw-viewer'
import { until } from '#server/testing/until'
import { MAX_TOKENS } from './service.ts'

const make = async (app: TestApp, body: object = {}, token?: string) => {
  const answer = await app.call(
    createApiToken,
    { body: { name: 'ci', ...body } },
    { token: token ?? (await app.adminToken()) },
  )
  if (answer.status !== 201) throw new Error(answer.text)
  return answer.json() as { id: string; token: string; expires_at: string | null }
}

test('a token is shown once, and kept as a hash', async () => {
  await using app = await testApp()
  const made = await app.signedIn(createApiToken, { body: { name: ' github-actions ', expires_in: 2592000 } })
  expect(made.status).toBe(201)
  const { token, ...shown } = made.json()
  expect(token).toMatch(new RegExp(`^${API_TOKEN_PREFIX}[A-Za-z0-9_-]{43}$`))
  expect(shown).toMatchObject({ name: 'github-actions', scopes: null, last_used_at: null, last_used_ip: null })
  expect(Date.parse(shown.expires_at) - Date.parse(shown.created_at)).toBe(2592000_000)

  const list = await app.signedIn(listApiTokens)
  expect(list.json()).toEqual({ items: [shown], next_cursor: null })
  const kept = app.control.database.prepare('select * from api_tokens').all()
  const log = app.control.database.prepare('select * from audit_logs').all()
  for (const text of [list.text, JSON.stringify(kept), JSON.stringify(log)]) {
    expect(text).not.toContain(token.slice(API_TOKEN_PREFIX.length))
  }
  expect(log).toContainEqual(
    expect.objectContaining({ action: 'api_token.created', subject_id: shown.id, subject_name: 'github-actions' }),
  )
})

test('what is not a name, a lifetime or a permission is refused', async () => {
  await using app = await testApp()
  const bodies = [
    {},
    { name: '' },
    { name: '  ' },
    { name: 'x', expires_in: 59 },
    { name: 'x', expires_in: 1.5 },
    { name: 'x', expires_in: -1 },
    { name: 'x', scopes: [] },
    { name: 'x', scopes: ['everything'] },
    { name: 'x', scopes: ['nodes.view', 'nodes.view'] },
    { name: 'x', token: 'mine' },
  ]
  for (const body of bodies) expect((await app.signedIn(createApiToken, { body })).status).toBe(400)
})

test('somebody without an organization gets no token', async () => {
  await using app = await testApp()
  const { token } = await app.addPerson({ email: 'alone@example.com', role: null })
  const answer = await app.call(createApiToken, { body: { name: 'ci' } }, { token })
  expect([answer.status, answer.json().code]).toEqual([403, 'no_organization'])
})

test('tokens of others are neither listed nor deleted', async () => {
  await using app = await testApp()
  const mine = await make(app)
  const friend = await app.addPerson({ email: 'friend@example.com', role: 'admin' })
  expect((await app.call(listApiTokens, {}, { token: friend.token })).json().items).toEqual([])
  for (const id of [mine.id, newId()]) {
    const answer = await app.call(deleteApiToken, { params: { id } }, { token: friend.token })
    expect([answer.status, answer.json().code]).toEqual([404, 'api_token_not_found'])
  }
  expect((await app.call(getMe, {}, { token: mine.token })).status).toBe(200)
})

test('of fifty at once with one place left exactly one is made', { timeout: 60_000 }, async () => {
  await using app = await testApp()
  for (let i = 1; i < MAX_TOKENS; i++) await make(app)
  for (let round = 0; round < 10; round++) {
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => app.signedIn(createApiToken, { body: { name: 'race' } })),
    )
    const made = answers.filter(({ status }) => status === 201)
    expect(made).toHaveLength(1)
    expect(new Set(answers.filter(({ status }) => status !== 201).map(({ json }) => json().code))).toEqual(
      new Set(['too_many_api_tokens']),
    )
    expect((await app.signedIn(listApiTokens)).json().items).toHaveLength(MAX_TOKENS)
    const id = made[0]?.json().id
    expect((await app.signedIn(deleteApiToken, { params: { id } })).status).toBe(204)
  }
})

test('a deleted token stops at once, and so does what it has open; deleting it twice finds nothing', async () => {
  await using app = await testApp()
  const { id, token } = await make(app)
  using viewer = await rawViewer(app, '', { op: openEvents, token })
  await until(() => viewer.messages.length > 0)
  const answers = await Promise.all([1, 2].map(() => app.signedIn(deleteApiToken, { params: { id } })))
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([204, 404])
  expect((await app.call(getMe, {}, { token })).status).toBe(401)
  await until(() => viewer.closed()?.code === 4401)
})

test('a token expires at its second, and what it has open ends', async () => {
  const clock = fakeClock()
  await using app = await testApp({ clock })
  const { token } = await make(app, { expires_in: 60 })
  const lasting = await make(app)
  using viewer = await rawViewer(app, '', { op: openEvents, token })
  await until(() => viewer.messages.length > 0)
  clock.advance(59_999)
  expect((await app.call(getMe, {}, { token })).status).toBe(200)
  clock.advance(1)
  expect((await app.call(getMe, {}, { token })).status).toBe(401)
  await app.jobs.find(({ name }) => name === 'api_tokens.end_expired')?.run()
  await until(() => viewer.closed()?.code === 4401)
  clock.advance(3650 * 24 * 3600_000)
  expect((await app.call(getMe, {}, { token: lasting.token })).status).toBe(200)
})

test('the list tells when and from where a token was used last', async () => {
  const clock = fakeClock()
  await using app = await testApp({ clock })
  const { token } = await make(app)
  const lastUse = async () => {
    const { last_used_at, last_used_ip } = (await app.signedIn(listApiTokens)).json().items[0]
    return [last_used_at, last_used_ip]
  }
  expect(await lastUse()).toEqual([null, null])
  await app.call(getMe, {}, { token })
  expect(await lastUse()).toEqual(['2026-01-01T00:00:00.000Z', '127.0.0.1'])
  clock.advance(61_000)
  const elsewhere = { host: 'localhost', authorization: `Bearer ${token}` }
  await app.app.inject({ url: getMe.url, headers: elsewhere, remoteAddress: '192.0.2.7' })
  expect(await lastUse()).toEqual(['2026-01-01T00:01:01.000Z', '192.0.2.7'])
})
