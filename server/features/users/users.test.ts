import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { login, resetPassword } from '#contract/auth'
import { listNodes } from '#contract/nodes'
import { createResetLink, createUser, getUser, listAdminUsers, listUsers, updateUser, type User } from '#contract/users'
import { newId } from '#server/ids'
import { testApp, type TestApp } from '#server/testing/app'
import { listening } from '#server/testing/fake-agent'
import { until } from '#server/testing/until'

const audited = (app: TestApp, action: string) =>
  app.control.database
    .prepare(`select organization_id, subject_name, details from audit_logs where action = ?`)
    .all(action) as { organization_id: string | null; subject_name: string; details: string | null }[]
const emails = async (
  app: TestApp,
  query: Record<string, unknown> = {},
  op: typeof listUsers | typeof listAdminUsers = listUsers,
) => ((await app.signedIn(op, { query })).json().items as User[]).map(({ email }) => email)

test('an account is made with a password, in an organization of its own', async () => {
  await using app = await testApp()
  const body = { email: 'Ana@Example.com', password: 'a long enough one' }
  const made = await app.signedIn(createUser, { body })
  expect([made.status, made.json()]).toMatchObject([
    201,
    { email: 'ana@example.com', platform_role: 'user', link: null, has_password: true, mfa_enabled: false },
  ])
  expect(made.json().organizations).toEqual([{ id: expect.any(String), name: 'ana', role: 'owner' }])
  expect((await app.call(login, { body })).status).toBe(200)
  const { link, ...user } = made.json()
  expect(link).toBeNull()
  const now = (await app.signedIn(getUser, { params: { id: user.id } })).json()
  expect(now).toEqual({ ...user, last_sign_in_at: expect.any(String) })
  expect(audited(app, 'user.created')).toMatchObject([{ organization_id: null, subject_name: 'ana@example.com' }])
})

test('without a password the answer holds a link, once, with which they choose one', async () => {
  await using app = await testApp()
  const made = (await app.signedIn(createUser, { body: { email: 'ana@example.com', platform_role: 'admin' } })).json()
  expect([made.platform_role, made.has_password]).toEqual(['admin', false])
  const token = new URL(made.link).hash.replace('#token=', '')
  for (const answer of [await app.signedIn(getUser, { params: { id: made.id } }), await app.signedIn(listUsers)]) {
    expect(answer.text).not.toContain(token)
  }
  expect(JSON.stringify(app.control.database.prepare('select * from audit_logs').all())).not.toContain(token)
  const new_password = 'a long enough one'
  const reset = await app.call(resetPassword, { body: { token, new_password } })
  expect(reset.status).toBe(204)
  expect((await app.call(login, { body: { email: made.email, password: new_password } })).status).toBe(200)
})

test('an address is taken once, however it is written and of many at once', async () => {
  await using app = await testApp()
  await app.adminToken()
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      app.signedIn(createUser, { body: { email: i % 2 ? 'ana@example.com' : 'ANA@example.com' } }),
    ),
  )
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
  expect(new Set(answers.filter(({ status }) => status !== 201).map(({ json }) => json().code))).toEqual(
    new Set(['email_taken']),
  )
  expect(await emails(app)).toEqual(['ana@example.com', 'admin@example.com'])
})

test('what is no address, password or role is refused', async () => {
  await using app = await testApp()
  const email = 'ana@example.com'
  const bodies = [
    {},
    { email: 'ana' },
    { email, password: 'short' },
    { email, password: 'password123' },
    { email, password: email },
    { email, platform_role: 'owner' },
    { email, suspended_at: null },
  ]
  for (const body of bodies) expect([body, (await app.signedIn(createUser, { body })).status]).toEqual([body, 400])
  expect(await emails(app)).toEqual(['admin@example.com'])
})

test('lists are paged, newest first, and filtered', async () => {
  await using app = await testApp()
  const add = (email: string, platform_role: 'admin' | 'user' = 'user') =>
    app.addPerson({ email, role: 'user', platform_role })
  await add('ana@example.com')
  const bo = await add('bo_b@example.com')
  await add('cleo@example.org', 'admin')
  await app.control.db.updateTable('users').set({ suspended_at: 'now' }).where('id', '=', bo.id).execute()
  const all = ['cleo@example.org', 'bo_b@example.com', 'ana@example.com', 'admin@example.com']
  for (const op of [listUsers, listAdminUsers]) {
    expect(await emails(app, {}, op)).toEqual(all)
    expect(await emails(app, { search: 'EXAMPLE.ORG' }, op)).toEqual(['cleo@example.org'])
    expect(await emails(app, { search: 'o_b' }, op)).toEqual(['bo_b@example.com'])
    expect(await emails(app, { search: '%' }, op)).toEqual([])
    expect(await emails(app, { platform_role: 'admin' }, op)).toEqual(['cleo@example.org', 'admin@example.com'])
    expect(await emails(app, { state: 'suspended' }, op)).toEqual(['bo_b@example.com'])
    expect(await emails(app, { state: 'active', platform_role: 'user' }, op)).toEqual(['ana@example.com'])
    const page = (await app.signedIn(op, { query: { limit: 3 } })).json()
    expect(await emails(app, { limit: 3, cursor: page.next_cursor }, op)).toEqual(['admin@example.com'])
    expect((await app.signedIn(op, { query: { cursor: '!' } })).status).toBe(400)
  }
  const [{ organizations }] = (await app.signedIn(listUsers, { query: { search: 'ana@' } })).json().items
  expect(organizations).toEqual([{ id: expect.any(String), name: 'Home', role: 'user' }])
})

test('no answer about accounts holds a hash', async () => {
  await using app = await testApp()
  await app.adminToken()
  const text = (await app.signedIn(listUsers)).text
  expect(text).not.toMatch(/argon2|password_hash|token_hash/)
})

test('who is made an administrator is one at once, and who is not any more neither', async () => {
  await using app = await testApp()
  const { id, token } = await app.addPerson({ email: 'ana@example.com', role: 'user' })
  const change = (platform_role: string) =>
    app.signedIn(updateUser, { params: { id }, body: { platform_role } }).then(({ status }) => status)
  const mayList = async () => (await app.call(listUsers, {}, { token })).status
  expect(await mayList()).toBe(403)
  expect([await change('admin'), await mayList()]).toEqual([200, 200])
  expect([await change('user'), await mayList()]).toEqual([200, 403])
  expect((await app.call(listNodes, {}, { token })).status).toBe(200)
  expect(audited(app, 'user.role_changed')).toHaveLength(2)
  expect(await change('user')).toBe(200)
  expect(audited(app, 'user.role_changed')).toHaveLength(2)
})

test('what an administrator has under way ends with the right to it', async () => {
  await using app = await testApp()
  const { id, token } = await app.addPerson({ email: 'ana@example.com', role: 'user', platform_role: 'admin' })
  const before = app.requestsUnderWay()
  const socket = connect(await listening(app), '127.0.0.1')
  const closed = once(socket, 'close')
  socket.on('error', () => {})
  const head = ['POST /v1/users HTTP/1.1', 'host: localhost', `authorization: Bearer ${token}`]
  socket.write([...head, 'content-type: application/json', 'content-length: 40', '', '{"email":'].join('\r\n'))
  await until(() => app.requestsUnderWay() > before)
  await app.signedIn(updateUser, { params: { id }, body: { platform_role: 'user' } })
  await closed
  expect(await emails(app)).toEqual(['ana@example.com', 'admin@example.com'])
})

test('a reset link is good once, and a newer one ends it', async () => {
  await using app = await testApp()
  const { id } = await app.addPerson({ email: 'ana@example.com', role: 'user' })
  const link = async () => {
    const answer = await app.signedIn(createResetLink, { params: { id } })
    expect(answer.status).toBe(201)
    return new URL(answer.json().link).hash.replace('#token=', '')
  }
  const [first, second] = [await link(), await link()]
  const use = async (token: string) =>
    (await app.call(resetPassword, { body: { token, new_password: 'a long enough one' } })).status
  expect([await use(first), await use(second), await use(second)]).toEqual([400, 204, 400])
  const log = audited(app, 'user.reset_link_created')
  expect([log.length, JSON.stringify(log).includes(first)]).toEqual([2, false])
})

test('accounts that are not there are not found', async () => {
  await using app = await testApp()
  const params = { id: newId() }
  const answers = [
    await app.signedIn(getUser, { params }),
    await app.signedIn(updateUser, { params, body: { platform_role: 'user' } }),
    await app.signedIn(createResetLink, { params }),
  ]
  expect(answers.map(({ status, json }) => [status, json().code])).toEqual(answers.map(() => [404, 'user_not_found']))
})
