import { expect, test } from 'vitest'
import { listInstanceAccess, removeInstanceAccess, shareInstance, updateInstanceAccess } from '#contract/access'
import { getMe } from '#contract/auth'
import { getInstance, listInstances } from '#contract/instances'
import type { Operation } from '#contract/operation'
import { acceptInvite, inviteMember } from '#contract/invites'
import { setMemberPermission } from '#contract/members'
import type { InstancePermission, Role } from '#contract/permissions'
import { closeCodes } from '#contract/sockets'
import { newId } from '#server/ids'
import { rawViewer } from '#server/testing/raw-viewer'
import { stage } from '#server/testing/stage'
import { until } from '#server/testing/until'

/** A server that `maker` made, with people around it. */
async function scene() {
  const it = await stage()
  const { app } = it
  const id = await it.running()
  const people = new Map<string, { id: string; token: string }>()
  const owner = (await app.signedIn(getMe)).json()
  people.set('owner', { id: owner.id, token: await app.adminToken() })
  const add = async (name: string, role: Role | null, more: object = {}) => {
    const person = await app.addPerson({ email: `${name}@team.example`, role, ...more })
    people.set(name, person)
    return person
  }
  const maker = await add('maker', 'user')
  await app.control.db.updateTable('instances').set({ created_by: maker.id }).where('id', '=', id).execute()
  await add('admin', 'admin')
  await add('friend', 'user')
  await add('other', 'user')
  await add('stranger', null)
  const idOf = (name: string) => people.get(name)?.id ?? newId()
  const tokenOf = (name: string) => people.get(name)?.token ?? ''
  const as = (who: string, op: Operation, body?: object, params: object = {}) =>
    app.call(op, { params: { id, ...params }, ...(body && { body }) }, { token: tokenOf(who) })
  const says = async (...call: Parameters<typeof as>) => {
    const answer = await as(...call)
    return answer.status < 300 ? answer.status : `${answer.status} ${answer.json().code}`
  }
  const share = (who: string, to: string, permissions: string[]) =>
    says(who, shareInstance, { email: `${to}@team.example`, permissions })
  const update = (who: string, to: string, permissions: string[]) =>
    says(who, updateInstanceAccess, { permissions }, { userId: idOf(to) })
  const remove = (who: string, to: string) => says(who, removeInstanceAccess, undefined, { userId: idOf(to) })
  return {
    ...it,
    id,
    owner,
    add,
    as,
    says,
    share,
    update,
    remove,
    idOf,
    tokenOf,
    [Symbol.asyncDispose]: it[Symbol.asyncDispose],
  }
}
const missing = '403 missing_permission'

test('a server is shared with a member by address; seeing it comes with every share', async () => {
  await using it = await scene()
  expect(await it.says('friend', getInstance)).toBe('404 instance_not_found')
  const shared = await it.as('maker', shareInstance, { email: 'Friend@Team.example', permissions: ['instances.power'] })
  expect([shared.status, shared.json()]).toEqual([
    201,
    {
      user_id: it.idOf('friend'),
      email: 'friend@team.example',
      permissions: ['instances.power', 'instances.view'],
      created_at: expect.any(String),
      updated_at: expect.any(String),
    },
  ])
  expect(await it.says('friend', getInstance)).toBe(200)
  expect((await it.as('friend', listInstances)).json().items).toHaveLength(1)
  expect((await it.as('maker', listInstanceAccess)).json()).toEqual({ items: [shared.json()], next_cursor: null })
  expect(await it.remove('maker', 'friend')).toBe(204)
  expect(await it.says('friend', getInstance)).toBe('404 instance_not_found')
  expect(await it.remove('maker', 'friend')).toBe('404 access_not_found')
})

test('it is shared with members only, and not with those who have it anyway', async () => {
  await using it = await scene()
  expect(await it.share('maker', 'stranger', ['instances.view'])).toBe('404 member_not_found')
  expect(await it.share('maker', 'nobody', ['instances.view'])).toBe('404 member_not_found')
  expect(await it.share('maker', 'maker', ['instances.view'])).toBe('409 has_it_already')
  expect(await it.share('admin', 'maker', ['instances.view'])).toBe('409 has_it_already')
  expect(await it.share('admin', 'admin', ['instances.view'])).toBe('409 has_it_already')
  const owner = { email: it.owner.email, permissions: ['instances.view'] }
  expect(await it.says('maker', shareInstance, owner)).toBe('409 has_it_already')
  expect(await it.share('maker', 'friend', ['instances.view'])).toBe(201)
  expect(await it.share('maker', 'friend', ['instances.power'])).toBe('409 already_shared')
})

test.each([
  ['friend', '404 instance_not_found'],
  ['viewer', missing],
  ['stranger', missing],
])('%s, who may not share the server, is refused everything about it', async (who, refusal) => {
  await using it = await scene()
  await it.add('viewer', 'user', { shares: { [it.id]: ['instances.view', 'instances.power'] } })
  expect(await it.share('maker', 'other', ['instances.view'])).toBe(201)
  expect(await it.says(who, listInstanceAccess)).toBe(refusal)
  expect(await it.share(who, 'friend', ['instances.view'])).toBe(refusal)
  expect(await it.update(who, 'other', ['instances.power'])).toBe(refusal)
  expect(await it.remove(who, 'other')).toBe(refusal)
  expect((await it.as('maker', listInstanceAccess)).json().items).toHaveLength(2)
})

test('nobody gives what they do not hold on that server, or changes who may do more there', async () => {
  await using it = await scene()
  const own: InstancePermission[] = ['instances.view', 'instances.access', 'instances.power']
  await it.add('host', 'user', { shares: { [it.id]: own } })
  expect(await it.share('host', 'friend', ['instances.delete'])).toBe('403 beyond_own_rights')
  expect(await it.share('host', 'friend', ['instances.power', 'instances.command'])).toBe('403 beyond_own_rights')
  expect(await it.share('host', 'friend', ['instances.power'])).toBe(201)
  expect(await it.update('host', 'friend', ['instances.console'])).toBe('403 beyond_own_rights')
  expect(await it.update('host', 'host', [...own, 'instances.delete'])).toBe('403 not_on_oneself')
  expect(await it.share('maker', 'other', ['instances.delete'])).toBe(201)
  expect(await it.update('host', 'other', ['instances.view'])).toBe('403 beyond_own_rights')
  expect(await it.remove('host', 'other')).toBe('403 beyond_own_rights')
  expect(await it.update('maker', 'other', ['instances.power'])).toBe(200)
  expect(await it.remove('host', 'other')).toBe(204)
  expect(await it.remove('host', 'host')).toBe(204)
  expect(await it.says('host', listInstanceAccess)).toBe('404 instance_not_found')
})

test('a maker who was denied a right does not give it to others', async () => {
  await using it = await scene()
  await it.app.call(
    setMemberPermission,
    {
      params: { orgId: it.owner.organization.id, userId: it.idOf('maker') },
      body: { key: 'instances.power', effect: 'deny' },
    },
    { token: it.tokenOf('owner') },
  )
  expect(await it.share('maker', 'friend', ['instances.power'])).toBe('403 beyond_own_rights')
  expect(await it.share('maker', 'friend', ['instances.console'])).toBe(201)
})

test.each([
  [['platform.admin']],
  [['nodes.view']],
  [[]],
  [['instances.view', 'instances.view']],
  [['instances.create']],
])('the rights %j are none that a share can give', async (permissions) => {
  await using it = await scene()
  expect(await it.share('maker', 'friend', permissions)).toBe('400 invalid_request')
  expect(await it.share('maker', 'friend', ['instances.view'])).toBe(201)
  expect(await it.update('maker', 'friend', permissions)).toBe('400 invalid_request')
})

test('an open console closes when its right is taken, and stays while only others are', async () => {
  await using it = await scene()
  await it.share('maker', 'friend', ['instances.console', 'instances.power'])
  using viewer = await rawViewer(it.app, it.id, { token: it.tokenOf('friend') })
  await it.update('maker', 'friend', ['instances.console'])
  viewer.say({ type: 'input', data: 'stop\n' })
  await until(() => viewer.types().includes('refused'))
  expect(viewer.closed()).toBeUndefined()
  await it.update('maker', 'friend', ['instances.power'])
  await until(() => viewer.closed() !== undefined)
  expect(viewer.closed()?.code).toBe(closeCodes.forbidden)
})

test('an invitation carries shares, as far as the inviter may give them', async () => {
  await using it = await scene()
  const host = await it.add('host', 'user', {
    grants: ['members.invite'],
    shares: { [it.id]: ['instances.view', 'instances.access', 'instances.power'] },
  })
  const orgId = it.owner.organization.id
  const invite = async (instances: object[]) => {
    const answer = await it.app.call(inviteMember, { params: { orgId }, body: { instances } }, host)
    return answer.status === 201 ? (answer.json().link.split('#token=')[1] as string) : answer.json().code
  }
  const power = { instance_id: it.id, permissions: ['instances.power'] }
  expect(await invite([{ instance_id: it.id, permissions: ['instances.delete'] }])).toBe('beyond_own_rights')
  expect(await invite([{ instance_id: newId(), permissions: ['instances.view'] }])).toBe('instance_not_found')
  expect(await invite([power, power])).toBe('instance_twice')
  const token = await invite([power])
  expect(await it.says('stranger', acceptInvite, undefined, { token })).toBe(200)
  const [guest] = (await it.as('maker', listInstanceAccess))
    .json()
    .items.filter(({ email }: { email: string }) => email.startsWith('stranger'))
  expect(guest.permissions).toEqual(['instances.power', 'instances.view'])

  const later = await invite([power])
  await it.update('maker', 'host', ['instances.view', 'instances.access'])
  const late = await it.add('late', null)
  expect((await it.app.call(acceptInvite, { params: { token: later } }, late)).status).toBe(200)
  const shares = await it.app.control.db
    .selectFrom('instance_access')
    .select('permissions')
    .where('user_id', '=', late.id)
    .execute()
  expect(shares).toEqual([{ permissions: '["instances.view"]' }])
})
