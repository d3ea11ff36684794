import { expect, test } from 'vitest'
import { getMe } from '#contract/auth'
import { createOrganization, transferOrganization } from '#contract/organizations'
import { getMemberPermissions, listMembers, removeMember, setMemberPermission } from '#contract/members'
import { team, type Team } from '#server/testing/team'

const transfer = (it: Team, who: string, to: string) =>
  it.says(who, transferOrganization, { body: { user_id: it.id(to) } })
const rolesOf = async (it: Team, who = 'user') => {
  const { items } = (await it.as(who, listMembers)).json() as { items: { email: string; role: string }[] }
  return items.map(({ email, role }) => `${email.split('@')[0]} ${role}`)
}

test('an organization is handed over: the new owner holds everything, the old one is an administrator', async () => {
  await using it = await team()
  await it.as('owner', setMemberPermission, {
    params: { userId: it.id('user') },
    body: { key: 'nodes.view', effect: 'deny' },
  })
  expect(await transfer(it, 'owner', 'user')).toBe(200)
  expect(await rolesOf(it)).toEqual(['admin admin', 'admin admin', 'user owner'])
  expect((await it.as('owner', getMe)).json().organization.role).toBe('admin')
  const { items } = (await it.as('user', getMemberPermissions, { params: { userId: it.id('user') } })).json()
  expect(items.filter(({ effective }: { effective: string }) => effective !== 'all')).toEqual([])
  expect(items.filter(({ effect }: { effect: string | null }) => effect !== null)).toEqual([])
  expect(await transfer(it, 'owner', 'owner')).toBe('403 missing_permission')
  expect(await transfer(it, 'user', 'owner')).toBe(200)
})

test('it is handed to members only, and not to oneself or somebody who is suspended', async () => {
  await using it = await team()
  await it.add('outsider', null)
  const { id } = await it.add('gone', 'admin')
  await it.app.control.db.updateTable('users').set({ suspended_at: '2026-01-01' }).where('id', '=', id).execute()
  expect(await transfer(it, 'owner', 'owner')).toBe('409 already_owner')
  expect(await transfer(it, 'owner', 'outsider')).toBe('404 member_not_found')
  expect(await transfer(it, 'owner', 'gone')).toBe('409 member_suspended')
  expect(await transfer(it, 'admin', 'admin')).toBe('403 missing_permission')
  expect(await rolesOf(it)).toContain('user user')
})

test('nobody is given more organizations than they can own', async () => {
  await using it = await team()
  for (let i = 0; i < 20; i++) await it.as('user', createOrganization, { body: { name: `n${i}` } })
  expect(await it.says('user', createOrganization, { body: { name: 'more' } })).toBe('409 organization_limit')
  expect(await transfer(it, 'owner', 'user')).toBe('409 organization_limit')
  expect(await transfer(it, 'owner', 'admin')).toBe(200)
})

test('of two hand-overs at once one is done, and there is always one owner', async () => {
  await using it = await team()
  for (let round = 0; round < 5; round++) {
    const said = await Promise.all(['user', 'admin'].map((to) => transfer(it, 'owner', to)))
    expect(said.filter((answer) => answer === 200)).toHaveLength(1)
    const owners = (await rolesOf(it)).filter((line) => line.endsWith(' owner'))
    expect(owners).toHaveLength(1)
    const [owner = ''] = owners
    expect(await transfer(it, owner.split(' ')[0] ?? '', 'owner')).toBe(200)
  }
})

test('handing over while the heir leaves leaves one owner', async () => {
  await using it = await team()
  const leave = it.says('user', removeMember, { params: { userId: it.id('user') } })
  const said = await Promise.all([transfer(it, 'owner', 'user'), leave])
  expect([
    [200, '409 owner_must_transfer'],
    ['404 member_not_found', 204],
  ]).toContainEqual(said)
  const owners = await it.app.control.db
    .selectFrom('memberships')
    .select('user_id')
    .where('role', '=', 'owner')
    .where('organization_id', '=', it.orgId)
    .execute()
  expect(owners).toHaveLength(1)
})

test('the database itself refuses a second owner', async () => {
  await using it = await team()
  const second = it.app.control.db
    .updateTable('memberships')
    .set({ role: 'owner' })
    .where('user_id', '=', it.id('user'))
    .execute()
  await expect(second).rejects.toThrow(/UNIQUE/)
})
