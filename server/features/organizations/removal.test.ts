import { expect, test } from 'vitest'
import { createApiToken } from '#contract/api-tokens'
import { getMe } from '#contract/auth'
import { openEvents } from '#contract/events'
import { getInstance, listInstances } from '#contract/instances'
import { listMembers, removeMember } from '#contract/members'
import { listOrganizations } from '#contract/organizations'
import { createRegisterToken } from '#contract/nodes'
import { closeCodes } from '#contract/sockets'
import { rawViewer } from '#server/testing/raw-viewer'
import { stage } from '#server/testing/stage'
import { until } from '#server/testing/until'

/** Somebody with something of everything in the organization. */
async function leaver() {
  const it = await stage()
  const { app } = it
  const me = (await app.signedIn(getMe)).json()
  const orgId = me.organization.id as string
  const [mine, shared] = [await it.running({ name: 'mine' }), await it.running({ name: 'shared' })]
  const person = await app.addPerson({
    email: 'leaver@example.com',
    role: 'user',
    grants: ['nodes.create'],
    shares: { [shared]: ['instances.view', 'instances.console'] },
  })
  const { db } = app.control
  await db.updateTable('instances').set({ created_by: person.id }).where('id', '=', mine).execute()
  await db.updateTable('workloads').set({ created_by: person.id }).where('id', '=', it.workload_id).execute()
  const home = await app.addOrganization('Elsewhere')
  const place = { organization_id: home.id, user_id: person.id, role: 'user' as const, created_at: '2026-01-01' }
  await db.insertInto('memberships').values(place).execute()
  const token = (await app.call(createApiToken, { body: { name: 'bot' } }, person)).json().token as string
  await app.call(createRegisterToken, { body: {} }, person)
  const remove = (by?: string) =>
    app.call(
      removeMember,
      { params: { orgId, userId: person.id } },
      { token: by ?? person.token, headers: { 'x-organization-id': orgId } },
    )
  return { ...it, me, orgId, mine, shared, person, token, home, remove, [Symbol.asyncDispose]: it[Symbol.asyncDispose] }
}

test.each(['is removed', 'leaves'])(
  'who %s loses everything there, and what they made belongs to the owner',
  async (how) => {
    await using it = await leaver()
    const { app, person, orgId } = it
    const { db } = app.control
    expect((await it.remove(how === 'leaves' ? person.token : await app.adminToken())).status).toBe(204)

    for (const table of ['member_permissions', 'instance_access', 'api_tokens'] as const) {
      expect([table, await db.selectFrom(table).select('user_id').where('user_id', '=', person.id).execute()]).toEqual([
        table,
        [],
      ])
    }
    expect(
      await db.selectFrom('node_register_tokens').select('created_by').where('used_at', 'is', null).execute(),
    ).toEqual([])
    for (const table of ['instances', 'workloads'] as const) {
      const makers = await db.selectFrom(table).select('created_by').execute()
      expect(new Set(makers.map(({ created_by }) => created_by))).toEqual(new Set([it.me.id]))
    }
    expect((await app.call(getMe, {}, { token: it.token })).status).toBe(401)
    const now = (await app.call(getMe, {}, person)).json()
    expect(now.organization).toMatchObject({ id: it.home.id, role: 'user' })
    const { items } = (await app.call(listOrganizations, {}, person)).json()
    expect(items.map(({ id }: { id: string }) => id)).toEqual([it.home.id])
    const there = { token: person.token, headers: { 'x-organization-id': orgId } }
    expect((await app.call(listInstances, {}, there)).status).toBe(403)
    expect((await app.call(getInstance, { params: { id: it.mine } }, there)).status).toBe(403)
    expect((await app.call(listMembers, { params: { orgId } }, there)).status).toBe(404)
    expect((await it.remove()).status).toBe(404)
  },
)

test('what they have open there closes; what they have open elsewhere stays', async () => {
  await using it = await leaver()
  const { app, person } = it
  const open = (id: string, organization: string, op = openEvents) =>
    rawViewer(app, id, { token: person.token, op, headers: { 'x-organization-id': organization } })
  using console = await rawViewer(app, it.mine, { token: person.token })
  using shared = await rawViewer(app, it.shared, { token: person.token })
  using events = await open('', it.orgId)
  using elsewhere = await open('', it.home.id)
  await it.remove(await app.adminToken())
  await until(() => [console, shared, events].every((viewer) => viewer.closed() !== undefined))
  expect([console, shared, events].map((viewer) => viewer.closed()?.code)).toEqual(
    Array.from({ length: 3 }, () => closeCodes.forbidden),
  )
  expect(elsewhere.closed()).toBeUndefined()
})

test('who removes a member twice at once is told so once', async () => {
  await using it = await leaver()
  const admin = await it.app.adminToken()
  const answers = await Promise.all([it.remove(admin), it.remove(admin), it.remove(admin)])
  expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([204, 404, 404])
})

test('leaving the last organization is allowed', async () => {
  await using it = await stage()
  const { token, id } = await it.app.addPerson({ email: 'a@example.com', role: 'user' })
  const { organization } = (await it.app.call(getMe, {}, { token })).json()
  const params = { orgId: organization.id, userId: id }
  expect((await it.app.call(removeMember, { params }, { token })).status).toBe(204)
  expect((await it.app.call(getMe, {}, { token })).json().organization).toBeNull()
  expect((await it.app.call(listOrganizations, {}, { token })).json().items).toEqual([])
})
