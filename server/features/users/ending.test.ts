import { expect, test } from 'vitest'
import { createApiToken } from '#contract/api-tokens'
import { getMe, login, refresh, resetPassword } from '#contract/auth'
import { openEvents } from '#contract/events'
import { createWorkload } from '#contract/workloads'
import { createResetLink, createUser, deleteUser, suspendUser, unsuspendUser, updateUser } from '#contract/users'
import { newId } from '#server/ids'
import { testApp, type TestApp } from '#server/testing/app'
import { fakeAgent } from '#server/testing/fake-agent'
import { rawViewer } from '#server/testing/raw-viewer'
import { until } from '#server/testing/until'

const person = { email: 'ana@example.com', password: 'a long enough one' }
const id = (answer: { json: () => unknown }) => (answer.json() as { id: string }).id
const make = async (app: TestApp, body: object = person) => id(await app.signedIn(createUser, { body }))
const code = ({ status, json }: { status: number; json: () => unknown }) => [status, (json() as { code?: string }).code]
const count = (app: TestApp, table: string) =>
  (app.control.database.prepare(`select count(*) as n from ${table}`).get() as { n: number }).n

test('suspending ends sessions, tokens, sockets and links at once; unsuspending lets in again', async () => {
  await using app = await testApp()
  const ana = await make(app)
  const session = (await app.call(login, { body: person })).json()
  const token = session.access_token
  const apiToken = (await app.call(createApiToken, { body: { name: 'ci' } }, { token })).json().token
  const link = (await app.signedIn(createResetLink, { params: { id: ana } })).json().link
  using viewer = await rawViewer(app, '', { op: openEvents, token })
  using program = await rawViewer(app, '', { op: openEvents, token: apiToken })
  await until(() => viewer.messages.length > 0 && program.messages.length > 0)

  const suspended = await app.signedIn(suspendUser, { params: { id: ana } })
  expect([suspended.status, suspended.json().suspended_at]).toEqual([200, expect.any(String)])
  await until(() => viewer.closed()?.code === 4401 && program.closed()?.code === 4401)
  const tries = async () => [
    (await app.call(getMe, {}, { token })).status,
    (await app.call(refresh, { body: { refresh_token: session.refresh_token } })).status,
    (await app.call(getMe, {}, { token: apiToken })).status,
    (await app.call(login, { body: person })).status,
  ]
  expect(await tries()).toEqual([401, 401, 401, 401])
  const reset = { token: new URL(link).hash.replace('#token=', ''), new_password: 'another long one' }
  expect((await app.call(resetPassword, { body: reset })).status).toBe(400)
  expect(count(app, 'challenges')).toBe(0)
  expect(code(await app.signedIn(createResetLink, { params: { id: ana } }))).toEqual([409, 'suspended'])

  const again = await app.signedIn(unsuspendUser, { params: { id: ana } })
  expect([again.status, again.json().suspended_at]).toEqual([200, null])
  expect(await tries()).toEqual([401, 401, 200, 200])
})

test('suspending or letting in twice changes and records nothing more', async () => {
  await using app = await testApp()
  const params = { id: await make(app) }
  for (const op of [suspendUser, suspendUser, unsuspendUser, unsuspendUser]) {
    expect((await app.signedIn(op, { params })).status).toBe(200)
  }
  const log = app.control.database
    .prepare(`select action, organization_id from audit_logs where action like 'user.%suspended' order by id`)
    .all()
  expect(log).toEqual([
    { action: 'user.suspended', organization_id: null },
    { action: 'user.unsuspended', organization_id: null },
  ])
})

test('nobody suspends or deletes themselves, or an account that is not there', async () => {
  await using app = await testApp()
  const me = (await app.signedIn(getMe)).json().id
  for (const op of [suspendUser, deleteUser]) {
    expect(code(await app.signedIn(op, { params: { id: me } }))).toEqual([409, 'yourself'])
    expect(code(await app.signedIn(op, { params: { id: newId() } }))).toEqual([404, 'user_not_found'])
  }
  expect(code(await app.signedIn(unsuspendUser, { params: { id: newId() } }))).toEqual([404, 'user_not_found'])
  const demoted = await app.signedIn(updateUser, { params: { id: me }, body: { platform_role: 'user' } })
  expect(code(demoted)).toEqual([409, 'last_admin'])
})

test('a suspended administrator does not count as one who is left', async () => {
  await using app = await testApp()
  const me = (await app.signedIn(getMe)).json().id
  const other = await make(app, { ...person, platform_role: 'admin' })
  await app.signedIn(suspendUser, { params: { id: other } })
  const demote = (id: string) => app.signedIn(updateUser, { params: { id }, body: { platform_role: 'user' } })
  expect(code(await demote(me))).toEqual([409, 'last_admin'])
  expect((await demote(other)).status).toBe(200)
})

const blows: [string, (app: TestApp, id: string, token: string) => Promise<unknown>][] = [
  ['demote', (app, id, token) => app.call(updateUser, { params: { id }, body: { platform_role: 'user' } }, { token })],
  ['suspend', (app, id, token) => app.call(suspendUser, { params: { id } }, { token })],
  ['delete', (app, id, token) => app.call(deleteUser, { params: { id } }, { token })],
]

test.each(blows)('of administrators who %s each other at once one is left', async (_, strike) => {
  await using app = await testApp()
  await app.adminToken()
  for (let round = 0; round < 10; round++) {
    const people = await Promise.all(
      Array.from({ length: 6 }, (_, i) =>
        app.addPerson({ email: `p${i}-${round}@example.com`, role: 'user', platform_role: 'admin' }),
      ),
    )
    await app.control.db
      .updateTable('users')
      .set({ platform_role: 'user' })
      .where(
        'id',
        'not in',
        people.map(({ id }) => id),
      )
      .execute()
    await Promise.all(people.map(({ token }, i) => strike(app, people[(i + 1) % people.length]?.id ?? '', token)))
    const left = await app.control.db
      .selectFrom('users')
      .select('id')
      .where('platform_role', '=', 'admin')
      .where('suspended_at', 'is', null)
      .execute()
    expect(left.length).toBeGreaterThan(0)
    await app.control.db
      .updateTable('users')
      .set({ platform_role: 'admin' })
      .where('email', '=', 'admin@example.com')
      .execute()
    await app.live.recheckEverybody()
  }
})

test('who is deleted is gone with their empty organization, sessions, tokens and sockets', async () => {
  await using app = await testApp()
  const ana = await make(app)
  const { access_token: token } = (await app.call(login, { body: person })).json()
  await app.call(createApiToken, { body: { name: 'ci' } }, { token })
  const document = { apiVersion: 'shardlyn/v1', kind: 'Workload', metadata: { name: 'Web' }, spec: { image: 'nginx' } }
  await app.call(createWorkload, { body: { document } }, { token })
  using viewer = await rawViewer(app, '', { op: openEvents, token })
  await until(() => viewer.messages.length > 0)
  expect(count(app, 'organizations')).toBe(2)

  const answers = await Promise.all([1, 2].map(() => app.signedIn(deleteUser, { params: { id: ana } })))
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([204, 404])
  await until(() => viewer.closed()?.code === 4401)
  expect((await app.call(getMe, {}, { token })).status).toBe(401)
  expect((await app.call(login, { body: person })).status).toBe(401)
  const tables = ['users', 'organizations', 'memberships', 'api_tokens', 'workloads']
  expect(tables.map((table) => count(app, table))).toEqual([1, 1, 1, 0, 0])
  expect((await app.signedIn(createUser, { body: person })).status).toBe(201)
})

test('who owns an organization with other members, machines or servers is not deleted', async () => {
  await using app = await testApp()
  const ana = await make(app)
  const { access_token: token } = (await app.call(login, { body: person })).json()
  const organization_id = (await app.call(getMe, {}, { token })).json().organization.id
  const friend = await app.addPerson({ email: 'friend@example.com', role: 'user', organization_id })
  const remove = () => app.signedIn(deleteUser, { params: { id: ana } })
  const refused = await remove()
  expect(code(refused)).toEqual([409, 'owns_organization'])
  expect(refused.json().error).toBe(
    'They own ana, which has one other member. It must be handed over or deleted first.',
  )
  expect((await app.signedIn(deleteUser, { params: { id: friend.id } })).status).toBe(204)
  await fakeAgent(app, { token })
  expect((await remove()).json().error).toContain('has one machine.')
  expect((await app.call(getMe, {}, { token })).status).toBe(200)
})
