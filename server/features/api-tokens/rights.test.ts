import { expect, test } from 'vitest'
import { listActivity } from '#contract/activity'
import { operations } from '#contract/all'
import { createApiToken, listApiTokens } from '#contract/api-tokens'
import { getMe } from '#contract/auth'
import { openEvents } from '#contract/events'
import { listInstances } from '#contract/instances'
import { createRegisterToken, listNodes } from '#contract/nodes'
import { getOrganization, listOrganizations } from '#contract/organizations'
import { listPermissions } from '#contract/members'
import { getSettings, getSignInPolicy, updateSettings } from '#contract/settings'
import { getDiagnostics, sendSupportMessage } from '#contract/support'
import { createWorkload, listWorkloads } from '#contract/workloads'
import { newId } from '#server/ids'
import { testApp, type TestApp } from '#server/testing/app'
import { rawViewer } from '#server/testing/raw-viewer'
import { until } from '#server/testing/until'

const document = { apiVersion: 'shardlyn/v1', kind: 'Workload', metadata: { name: 'Web' }, spec: { image: 'nginx' } }

async function tokenOf(app: TestApp, owner: string, scopes?: string[]): Promise<string> {
  const answer = await app.call(createApiToken, { body: { name: 'ci', scopes } }, { token: owner })
  if (answer.status !== 201) throw new Error(answer.text)
  return answer.json().token as string
}

test('a token is taken wherever that of a signed-in person is', async () => {
  await using app = await testApp()
  const token = await tokenOf(app, await app.adminToken())
  for (const op of [getMe, listNodes, listWorkloads, listInstances, listActivity, getSettings, getSignInPolicy]) {
    expect([op.schema.operationId, (await app.call(op, {}, { token })).status]).toEqual([op.schema.operationId, 200])
  }
  expect((await app.call(createWorkload, { body: { document } }, { token })).status).toBe(201)
  using viewer = await rawViewer(app, '', { op: openEvents, token })
  await until(() => viewer.messages.length > 0)
})

test.each(operations.filter((op) => op.credential === 'session').map((op) => [op.schema.operationId, op] as const))(
  '%s is refused to a token',
  async (_, op) => {
    await using app = await testApp()
    const token = await tokenOf(app, await app.adminToken())
    const params = Object.fromEntries([...op.url.matchAll(/:(\w+)/g)].map(([, name]) => [name, newId()]))
    const answer = await app.call(op, { params, ...(op.schema.body && { body: {} }) }, { token })
    expect([answer.status, answer.json().code]).toEqual([403, 'session_only'])
  },
)

test('scopes let a token do what they name and nothing else', async () => {
  await using app = await testApp()
  const token = await tokenOf(app, await app.adminToken(), ['workloads.view', 'workloads.create'])
  const status = async (op: typeof listNodes | typeof listWorkloads) => (await app.call(op, {}, { token })).status
  expect([await status(listWorkloads), await status(listNodes)]).toEqual([200, 403])
  expect((await app.call(createWorkload, { body: { document } }, { token })).status).toBe(201)
  expect((await app.call(createRegisterToken, { body: {} }, { token })).json().code).toBe('missing_permission')
  expect((await app.call(getMe, {}, { token })).json().permissions.toSorted()).toEqual([
    'workloads.create',
    'workloads.view',
  ])
})

test('what needs no permission is not covered by any scope; only a token without scopes may do it', async () => {
  await using app = await testApp()
  const admin = await app.adminToken()
  const scoped = await tokenOf(app, admin, ['nodes.create'])
  const free = await tokenOf(app, admin)
  const ask = async (op: Parameters<TestApp['call']>[0], input: object, token: string) => {
    const answer = await app.call(op, input, { token })
    return [op.schema.operationId, answer.status, answer.status === 403 ? answer.json().code : null]
  }
  const message = { body: { subject: 'Help', message: 'It does not work.' } }
  const orgId = (await app.call(getMe, {}, { token: free })).json().organization.id
  const uncovered: [Parameters<TestApp['call']>[0], object, number][] = [
    [sendSupportMessage, message, 201],
    [getDiagnostics, {}, 200],
    [listOrganizations, {}, 200],
    [getOrganization, { params: { orgId } }, 200],
  ]
  for (const [op, input, done] of uncovered) {
    expect(await ask(op, input, scoped)).toEqual([op.schema.operationId, 403, 'scope_missing'])
    expect(await ask(op, input, free)).toEqual([op.schema.operationId, done, null])
  }
  // The owner’s own settings are no part of making machines.
  const theme = { body: { preferences: { theme: 'dark' } } }
  expect(await ask(updateSettings, theme, scoped)).toEqual(['updateSettings', 403, 'missing_permission'])
  expect(await ask(getSettings, {}, scoped)).toEqual(['getSettings', 403, 'missing_permission'])
  expect(await ask(updateSettings, theme, free)).toEqual(['updateSettings', 200, null])
  for (const op of [getMe, listPermissions]) expect((await ask(op, {}, scoped))[1]).toBe(200)
})

test('a token of an administrator without the scope administers nothing', async () => {
  await using app = await testApp()
  const admin = await app.adminToken()
  const narrow = await tokenOf(app, admin, ['nodes.view'])
  const wide = await tokenOf(app, admin, ['platform.admin'])
  const answer = await app.call(getSignInPolicy, {}, { token: narrow })
  expect([answer.status, answer.json().code]).toEqual([403, 'missing_permission'])
  expect((await app.call(getSignInPolicy, {}, { token: wide })).status).toBe(200)
  expect((await app.call(listNodes, {}, { token: wide })).status).toBe(403)
  const body = { platform: { name: 'Taken' } }
  expect((await app.call(updateSettings, { body }, { token: narrow })).json().code).toBe('missing_permission')
  expect((await app.call(updateSettings, { body }, { token: wide })).status).toBe(200)
})

test('scopes beyond the rights of the owner give nothing', async () => {
  await using app = await testApp()
  const { token } = await app.addPerson({ email: 'user@example.com', role: 'user' })
  const wide = await tokenOf(app, token, ['platform.admin', 'nodes.create', 'nodes.view'])
  expect((await app.call(getMe, {}, { token: wide })).json().permissions).toEqual(['nodes.view'])
  expect((await app.call(createRegisterToken, { body: {} }, { token: wide })).status).toBe(403)
  expect((await app.call(getSignInPolicy, {}, { token: wide })).json().code).toBe('admin_only')
})

test('a right that the owner loses is lost to the token with it', async () => {
  await using app = await testApp()
  const { id, token: owner } = await app.addPerson({ email: 'user@example.com', role: 'admin' })
  const token = await tokenOf(app, owner)
  expect((await app.call(createRegisterToken, { body: {} }, { token })).status).toBe(201)
  await app.control.db.updateTable('memberships').set({ role: 'user' }).where('user_id', '=', id).execute()
  await app.live.recheckUser(id)
  expect((await app.call(createRegisterToken, { body: {} }, { token })).status).toBe(403)
  expect((await app.call(listNodes, {}, { token })).status).toBe(200)
  await app.control.db.deleteFrom('memberships').where('user_id', '=', id).execute()
  await app.live.recheckUser(id)
  expect((await app.call(listNodes, {}, { token })).status).toBe(403)
})

test('a token opens the organization that it was made for and no other, though its owner belongs to both', async () => {
  await using app = await testApp()
  const other = await app.addOrganization('Other')
  const { id, token: owner } = await app.addPerson({ email: 'both@example.com', role: 'admin' })
  const now = new Date().toISOString()
  const member = { organization_id: other.id, user_id: id, role: 'admin', created_at: now } as const
  await app.control.db.insertInto('memberships').values(member).execute()
  const there = { 'x-organization-id': other.id }
  expect((await app.call(listNodes, {}, { token: owner, headers: there })).status).toBe(200)
  const token = await tokenOf(app, owner)
  const answer = await app.call(listNodes, {}, { token, headers: there })
  expect([answer.status, answer.json().code]).toEqual([403, 'missing_permission'])
  const me = await app.call(getMe, {}, { token, headers: there })
  expect(me.json().permissions).toEqual([])

  const made = await app.call(createApiToken, { body: { name: 'there' } }, { token: owner, headers: there })
  expect(made.json()).toMatchObject({ organization_id: other.id, organization_name: 'Other' })
  expect((await app.call(getMe, {}, { token: made.json().token })).json().organization.id).toBe(other.id)
  expect((await app.call(listApiTokens, {}, { token: owner })).json().items).toHaveLength(2)
})

test('tokens of a suspended person do nothing until they are let in again', async () => {
  await using app = await testApp()
  const { id, token: owner } = await app.addPerson({ email: 'user@example.com', role: 'user' })
  const token = await tokenOf(app, owner)
  const suspend = async (suspended_at: string | null) => {
    await app.control.db.updateTable('users').set({ suspended_at }).where('id', '=', id).execute()
    app.live.endUser(id)
  }
  await suspend(new Date().toISOString())
  expect((await app.call(getMe, {}, { token })).status).toBe(401)
  await suspend(null)
  expect((await app.call(getMe, {}, { token })).status).toBe(200)
})

test('what only looks like a token opens nothing', async () => {
  await using app = await testApp()
  const token = await tokenOf(app, await app.adminToken())
  for (const wrong of ['shardlyn_api_', token.slice(0, -1), `${token}A`, token.toLowerCase(), `${token}%00`]) {
    expect((await app.call(getMe, {}, { token: wrong })).status).toBe(401)
  }
})
