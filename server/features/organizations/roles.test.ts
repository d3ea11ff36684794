import { expect, test } from 'vitest'
import { listInstances } from '#contract/instances'
import { createRegisterToken, listNodes } from '#contract/nodes'
import type { Operation } from '#contract/operation'
import { deleteOrganization, transferOrganization, updateOrganization } from '#contract/organizations'
import { inviteMember, listInvites } from '#contract/invites'
import { listMembers, removeMember, updateMemberRole } from '#contract/members'
import { listOrganizationAuditLogs } from '#contract/audit'
import { createWorkload, listWorkloads } from '#contract/workloads'
import { type CallInput } from '#server/testing/app'
import { team } from '#server/testing/team'

const document = (name: string) => ({
  apiVersion: 'shardlyn/v1',
  kind: 'Workload',
  metadata: { name },
  spec: { runtime: 'process', command: ['./game'] },
})
const no = '403 missing_permission'

/** The matrix of roles: what an owner, an administrator and a user are told. */
const matrix: [string, Operation, (who: string) => CallInput, (string | number)[]][] = [
  ['see the servers', listInstances, () => ({}), [200, 200, 200]],
  ['see the machines', listNodes, () => ({}), [200, 200, 200]],
  ['see the workloads', listWorkloads, () => ({}), [200, 200, 200]],
  ['make a workload', createWorkload, (who) => ({ body: { document: document(who) } }), [201, 201, 201]],
  ['add a machine', createRegisterToken, () => ({ body: {} }), [201, 201, no]],
  ['read the audit log', listOrganizationAuditLogs, () => ({}), [200, 200, no]],
  ['see the members', listMembers, () => ({}), [200, 200, 200]],
  ['invite somebody', inviteMember, () => ({ body: {} }), [201, 201, no]],
  ['see the invitations', listInvites, () => ({}), [200, 200, no]],
  ['rename the organization', updateOrganization, (who) => ({ body: { name: who } }), [200, 200, no]],
  ['delete the organization', deleteOrganization, () => ({ query: { confirm: 'no' } }), ['400 name_mismatch', no, no]],
]

test.each(matrix)('who may %s', async (_, op, input, expected) => {
  await using it = await team()
  const said = []
  for (const who of ['owner', 'admin', 'user']) said.push(await it.says(who, op, input(who)))
  expect(said).toEqual(expected)
})

/** Who changes whom: each of the three, and one more of the lower two roles. */
const pairs: [string, string, string | number, string | number][] = [
  // actor, target, changing the role, removing
  ['owner', 'owner', '403 not_on_oneself', '409 owner_must_transfer'],
  ['owner', 'admin', 200, 204],
  ['owner', 'user', 200, 204],
  ['admin', 'owner', '403 owner_is_fixed', '403 owner_is_fixed'],
  ['admin', 'admin', '403 not_on_oneself', 204],
  ['admin', 'admin2', '403 role_too_low', '403 role_too_low'],
  ['admin', 'user', 200, 204],
  ['user', 'owner', no, no],
  ['user', 'admin', no, no],
  ['user', 'user', no, 204],
  ['user', 'user2', no, no],
  ['helper', 'user', '403 role_too_low', '403 role_too_low'],
  ['helper', 'owner', '403 owner_is_fixed', '403 owner_is_fixed'],
  ['outsider', 'user', '404 organization_not_found', '404 organization_not_found'],
  ['owner', 'outsider', '404 member_not_found', '404 member_not_found'],
]

test.each(pairs)('%s changes the role of %s, and removes them', async (actor, target, changing, removing) => {
  await using it = await team()
  await it.add('admin2', 'admin')
  await it.add('user2', 'user')
  await it.add('helper', 'user', { grants: ['members.update', 'members.remove'] })
  await it.add('outsider', null)
  const params = { userId: it.id(target) }
  const role = target.startsWith('admin') ? 'user' : 'admin'
  const roleOf = async () => {
    const { items } = (await it.as('owner', listMembers)).json()
    return items.find(({ user_id }: { user_id: string }) => user_id === it.id(target))?.role
  }
  const before = await roleOf()
  expect(await it.says(actor, updateMemberRole, { params, body: { role } })).toBe(changing)
  expect(await roleOf()).toBe(changing === 200 ? role : before)
  if (changing === 200) await it.as('owner', updateMemberRole, { params, body: { role: target.replace(/\d/, '') } })
  expect(await it.says(actor, removeMember, { params })).toBe(removing)
  const left = (await it.as('owner', listMembers)).json().items.map(({ user_id }: { user_id: string }) => user_id)
  expect(left.includes(it.id(target))).toBe(removing !== 204 && target !== 'outsider')
})

test.each(['owner', 'superuser', '', null])('nobody can be given the role %j', async (role) => {
  await using it = await team()
  const params = { userId: it.id('user') }
  expect(await it.says('owner', updateMemberRole, { params, body: { role } })).toBe('400 invalid_request')
  expect(await it.says('owner', inviteMember, { body: { role } })).toBe('400 invalid_request')
})

test('an administrator who lost rights makes nobody an administrator', async () => {
  await using it = await team()
  await it.add('half', 'admin', { denials: ['nodes.delete'] })
  const promote = { params: { userId: it.id('user') }, body: { role: 'admin' } }
  expect(await it.says('half', updateMemberRole, promote)).toBe('403 beyond_own_rights')
  expect(await it.says('half', inviteMember, { body: { role: 'admin' } })).toBe('403 beyond_own_rights')
  expect(await it.says('half', inviteMember, { body: { role: 'admin', denials: ['nodes.delete'] } })).toBe(201)
  expect(await it.says('half', inviteMember, { body: { role: 'user' } })).toBe(201)
  expect(await it.says('admin', updateMemberRole, promote)).toBe(200)
  expect(await it.says('user', transferOrganization, { body: { user_id: it.id('half') } })).toBe(no)
})
