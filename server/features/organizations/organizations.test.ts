import { expect, test } from 'vitest'
import { getMe } from '#contract/auth'
import {
  createOrganization,
  deleteOrganization,
  getOrganization,
  listOrganizations,
  setDefaultOrganization,
  updateOrganization,
} from '#contract/organizations'
import { inviteMember } from '#contract/invites'
import { listPermissions } from '#contract/members'
import { permissions } from '#contract/permissions'
import { fakeAgent } from '#server/testing/fake-agent'
import { team } from '#server/testing/team'

test('a person makes an organization, owns it, and finds it in the list by name', async () => {
  await using it = await team()
  const made = await it.as('user', createOrganization, { body: { name: '  Ána’s Friends ' } })
  expect([made.status, made.json()]).toEqual([
    201,
    {
      id: expect.any(String),
      name: 'Ána’s Friends',
      slug: 'ana-s-friends',
      role: 'owner',
      is_default: false,
      members: 1,
      nodes: 0,
      workloads: 0,
      instances: 0,
      created_at: expect.any(String),
    },
  ])
  const { items } = (await it.as('user', listOrganizations)).json()
  expect(items.map(({ name, role, is_default }: never) => [name, role, is_default])).toEqual([
    ['Ána’s Friends', 'owner', false],
    [expect.any(String), 'user', true],
  ])
})

test('a slug is unique: a generated one gives way, a chosen one is refused', async () => {
  await using it = await team()
  const create = (body: object) => it.as('owner', createOrganization, { body })
  expect((await create({ name: 'Casa' })).json().slug).toBe('casa')
  expect((await create({ name: 'Casa' })).json().slug).toMatch(/^casa-[0-9a-f]{6}$/)
  expect((await create({ name: 'Casa', slug: 'casa' })).json().code).toBe('slug_taken')
  expect((await create({ name: '家' })).json().slug).toBe('organization')
  expect((await create({ name: 'X' })).json().slug).toBe('organization-x')
  expect(await it.says('owner', updateOrganization, { body: { slug: 'casa' } })).toBe('409 slug_taken')
  for (const slug of ['a', 'A-b', '-ab', 'ab-', 'a--b', 'ä', 'x'.repeat(41)]) {
    expect([slug, (await create({ name: 'n', slug })).status]).toEqual([slug, 400])
  }
})

test('renaming changes the name, the slug or both, and says so to everybody', async () => {
  await using it = await team()
  const renamed = await it.as('admin', updateOrganization, { body: { name: 'New', slug: 'new-one' } })
  expect(renamed.json()).toMatchObject({ name: 'New', slug: 'new-one', role: 'admin' })
  expect((await it.as('user', getOrganization)).json()).toMatchObject({ name: 'New', slug: 'new-one' })
  expect((await it.as('user', getMe)).json().organization.name).toBe('New')
  expect(await it.says('user', updateOrganization, { body: { name: 'Mine' } })).toBe('403 missing_permission')
  expect(await it.says('admin', updateOrganization, { body: {} })).toBe('400 invalid_request')
  expect(await it.says('admin', updateOrganization, { body: { name: '   ' } })).toBe('400 invalid_request')
})

test('the default organization is the one that requests without a name speak of', async () => {
  await using it = await team()
  const { id } = (await it.as('user', createOrganization, { body: { name: 'Mine' } })).json()
  expect((await it.as('user', getMe)).json().organization.id).toBe(it.orgId)
  const set = await it.as('user', setDefaultOrganization, { params: { orgId: id } })
  expect(set.json()).toMatchObject({ id, is_default: true })
  expect((await it.as('user', getMe)).json().organization.id).toBe(id)
  expect(await it.says('admin', setDefaultOrganization, { params: { orgId: id } })).toBe('404 organization_not_found')
})

test('an organization with machines is not deleted, and the refusal says what it holds', async () => {
  await using it = await team()
  await fakeAgent(it.app)
  const { name } = (await it.as('owner', getOrganization)).json()
  const refused = await it.as('owner', deleteOrganization, { query: { confirm: name } })
  expect([refused.status, refused.json()]).toEqual([
    409,
    { code: 'organization_in_use', error: expect.stringContaining('1 machine and 0 servers') },
  ])
  expect(await it.says('owner', getOrganization)).toBe(200)
})

test('deleting asks for the name, takes invitations along, and moves the default of members on', async () => {
  await using it = await team()
  const { id } = (await it.as('user', createOrganization, { body: { name: 'Mine' } })).json()
  const token = await it.invite('owner')
  const { name } = (await it.as('owner', getOrganization)).json()
  const remove = (who: string, confirm: string) => it.says(who, deleteOrganization, { query: { confirm } })
  expect(await remove('admin', name)).toBe('403 missing_permission')
  expect(await remove('owner', `${name}x`)).toBe('400 name_mismatch')
  expect(await remove('owner', name)).toBe(204)
  expect(await remove('owner', name)).toBe('404 organization_not_found')
  expect((await it.as('user', getMe)).json().organization.id).toBe(id)
  expect((await it.as('admin', getMe)).json().organization).toBeNull()
  expect((await it.as('owner', listOrganizations)).json().items).toEqual([])
  expect(await it.app.control.db.selectFrom('invites').select('id').execute()).toEqual([])
  expect(token).not.toBe('')
  const next = await it.as('owner', createOrganization, { body: { name: 'Next' } })
  expect(next.json()).toMatchObject({ name: 'Next', is_default: true })
})

test('the list of permissions has every key with its words', async () => {
  await using it = await team()
  const { items } = (await it.as('user', listPermissions)).json()
  expect(items.map(({ key }: { key: string }) => key)).toEqual(Object.keys(permissions))
  expect(items.find(({ key }: { key: string }) => key === 'instances.power')).toEqual({
    key: 'instances.power',
    description: permissions['instances.power'],
    roles: ['owner', 'admin', 'user'],
    grantable: true,
    shareable: true,
    owned: true,
  })
  expect(items.filter(({ grantable }: { grantable: boolean }) => !grantable).map(({ key }: never) => key)).toEqual([
    'organization.delete',
    'organization.transfer',
    'platform.admin',
  ])
  expect(await it.says('admin', inviteMember, { body: { denials: ['platform.admin'] } })).toBe('400 invalid_request')
})
