import { expect, test } from 'vitest'
import { createRegisterToken, listNodes } from '#contract/nodes'
import {
  getMemberPermissions,
  listMembers,
  type MemberPermissions,
  removeMemberPermission,
  setMemberPermission,
} from '#contract/members'
import { inviteMember } from '#contract/invites'
import { grantablePermissions, type Permission } from '#contract/permissions'
import { team, type Team } from '#server/testing/team'

const set = (it: Team, who: string, on: string, key: string, effect: 'grant' | 'deny') =>
  it.says(who, setMemberPermission, { params: { userId: it.id(on) }, body: { key, effect } })
const unset = (it: Team, who: string, on: string, key: string) =>
  it.says(who, removeMemberPermission, { params: { userId: it.id(on), key } })
const read = async (it: Team, who: string, on = who) =>
  (await it.as(who, getMemberPermissions, { params: { userId: it.id(on) } })).json() as MemberPermissions
const one = (answer: MemberPermissions, key: Permission) => answer.items.find((item) => item.key === key)

test('a granted right opens what was closed, and ends with the grant', async () => {
  await using it = await team()
  const add = () => it.says('user', createRegisterToken, { body: {} })
  expect(await add()).toBe('403 missing_permission')
  expect(await set(it, 'admin', 'user', 'nodes.create', 'grant')).toBe(200)
  expect(await add()).toBe(201)
  expect(one(await read(it, 'user'), 'nodes.create')).toEqual({
    key: 'nodes.create',
    by_role: false,
    effect: 'grant',
    effective: 'all',
  })
  const listed = (await it.as('user', listMembers, { query: { search: 'user@' } })).json().items
  expect(listed).toMatchObject([{ email: 'user@team.example', grants: ['nodes.create'], denials: [] }])
  expect(await unset(it, 'admin', 'user', 'nodes.create')).toBe(200)
  expect(await unset(it, 'admin', 'user', 'nodes.create')).toBe('404 permission_not_set')
  expect(await add()).toBe('403 missing_permission')
})

test('a denied right closes what the role opens, for an administrator too', async () => {
  await using it = await team()
  expect(await set(it, 'admin', 'user', 'nodes.view', 'deny')).toBe(200)
  expect(await set(it, 'owner', 'admin', 'nodes.view', 'deny')).toBe(200)
  expect(await it.says('user', listNodes)).toBe('403 missing_permission')
  expect(await it.says('admin', listNodes)).toBe('403 missing_permission')
  expect(one(await read(it, 'admin', 'user'), 'nodes.view')).toMatchObject({ by_role: true, effective: 'none' })
})

test('own, all and none are told apart', async () => {
  await using it = await team()
  const effective = async (who: string) => {
    const answer = await read(it, who)
    const keys = ['instances.power', 'nodes.view', 'audit.view', 'organization.delete'] as const
    return keys.map((key) => one(answer, key)?.effective)
  }
  expect(await effective('owner')).toEqual(['all', 'all', 'all', 'all'])
  expect(await effective('admin')).toEqual(['all', 'all', 'all', 'none'])
  expect(await effective('user')).toEqual(['own', 'all', 'none', 'none'])
  await set(it, 'owner', 'user', 'instances.power', 'grant')
  expect(await effective('user')).toEqual(['all', 'all', 'none', 'none'])
})

test('everybody reads their own rights; those of others take members.view', async () => {
  await using it = await team()
  await it.add('blind', 'user', { denials: ['members.view'] })
  const ask = (who: string, userId: string) => it.says(who, getMemberPermissions, { params: { userId } })
  expect(await ask('blind', it.id('blind'))).toBe(200)
  expect(await ask('blind', it.id('user'))).toBe('403 missing_permission')
  expect(await ask('blind', it.orgId)).toBe('403 missing_permission')
  expect(await ask('user', it.id('blind'))).toBe(200)
  expect(await ask('user', it.orgId)).toBe('404 member_not_found')
})

test('nobody grants or gives back what they do not hold everywhere', async () => {
  await using it = await team()
  await it.add('half', 'admin', { denials: ['nodes.delete', 'instances.power'] })
  expect(await set(it, 'half', 'user', 'nodes.delete', 'grant')).toBe('403 beyond_own_rights')
  expect(await set(it, 'half', 'user', 'instances.power', 'grant')).toBe('403 beyond_own_rights')
  expect(await set(it, 'half', 'user', 'instances.power', 'deny')).toBe(200)
  expect(await unset(it, 'half', 'user', 'instances.power')).toBe('403 beyond_own_rights')
  expect(await set(it, 'half', 'user', 'nodes.create', 'grant')).toBe(200)
  expect(await unset(it, 'admin', 'user', 'instances.power')).toBe(200)
})

test('nobody changes their own rights, those of the owner, or those of their equals', async () => {
  await using it = await team()
  await it.add('admin2', 'admin')
  await it.add('helper', 'user', { grants: ['members.update', 'nodes.create'] })
  for (const effect of ['grant', 'deny'] as const) {
    const tries: [string, string][] = [
      ['owner', 'owner'],
      ['admin', 'admin'],
      ['helper', 'helper'],
      ['admin', 'owner'],
      ['helper', 'owner'],
      ['admin', 'admin2'],
      ['helper', 'admin'],
      ['helper', 'user'],
    ]
    const said = []
    for (const [who, on] of tries) said.push(await set(it, who, on, 'nodes.create', effect))
    const [self, owner, low] = ['403 not_on_oneself', '403 owner_is_fixed', '403 role_too_low']
    expect(said).toEqual([self, self, self, owner, owner, low, low, low])
  }
  expect(await unset(it, 'helper', 'helper', 'nodes.create')).toBe('403 not_on_oneself')
  const rows = await it.app.control.db.selectFrom('member_permissions').select(['user_id', 'key']).execute()
  expect(rows.map(({ user_id }) => user_id)).toEqual([it.id('helper'), it.id('helper')])
})

test.each(['platform.admin', 'organization.delete', 'organization.transfer', 'no.such', '', null])(
  'the key %j can be given to nobody',
  async (key) => {
    await using it = await team()
    const body = { key, effect: 'grant' }
    const params = { userId: it.id('user') }
    expect(await it.says('owner', setMemberPermission, { params, body })).toBe('400 invalid_request')
    expect(await it.says('owner', inviteMember, { body: { denials: [key] } })).toBe('400 invalid_request')
  },
)

test('each grantable key can be granted by the owner, and all of them at once', async () => {
  await using it = await team()
  for (const key of grantablePermissions) expect(await set(it, 'owner', 'user', key, 'grant')).toBe(200)
  const { items } = await read(it, 'user')
  const held = items.filter(({ effective }) => effective === 'all').map(({ key }) => key)
  expect(held.sort()).toEqual([...grantablePermissions].sort())
})
