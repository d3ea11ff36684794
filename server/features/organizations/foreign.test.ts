import { expect, test } from 'vitest'
import type { Operation } from '#contract/operation'
import * as contract from '#contract/organizations'
import {
  getMemberPermissions,
  listMembers,
  removeMember,
  removeMemberPermission,
  setMemberPermission,
  updateMemberRole,
} from '#contract/members'
import { deleteInvite, inviteMember, listInvites } from '#contract/invites'
import { listOrganizationAuditLogs } from '#contract/audit'
import { newId } from '#server/ids'
import { testApp } from '#server/testing/app'

/** Two organizations with the same people in each, and an open invitation. */
async function two() {
  const app = await testApp()
  await app.adminToken()
  const build = async (name: string) => {
    const { id, owner } = await app.addOrganization(name)
    const user = await app.addPerson({ email: `user@${id}.example`, role: 'user', organization_id: id })
    const call = (op: Operation, params: object, input: object = {}) =>
      app.call(op, { params: { orgId: id, ...params }, ...input }, { token: owner.token })
    const invite = (await call(inviteMember, {}, { body: {} })).json()
    return { id, owner, user, invite, call }
  }
  const [ours, theirs] = [await build('Ours'), await build('Theirs')]
  return { app, ours, theirs, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() }
}
type Two = Awaited<ReturnType<typeof two>>
type Place = Two['ours']

/** Each operation with the ids of a place; the first is asked in one’s own organization with ids of the other. */
const cases: [string, Operation, (place: Place) => { params?: object; body?: object }][] = [
  ['remove', removeMember, ({ user }) => ({ params: { userId: user.id } })],
  ['change the role of', updateMemberRole, ({ user }) => ({ params: { userId: user.id }, body: { role: 'admin' } })],
  ['read the rights of', getMemberPermissions, ({ user }) => ({ params: { userId: user.id } })],
  [
    'give a right to',
    setMemberPermission,
    ({ user }) => ({ params: { userId: user.id }, body: { key: 'nodes.create', effect: 'grant' } }),
  ],
  ['take a right from', removeMemberPermission, ({ user }) => ({ params: { userId: user.id, key: 'nodes.create' } })],
  ['hand over to', contract.transferOrganization, ({ user }) => ({ body: { user_id: user.id } })],
  ['revoke', deleteInvite, ({ invite }) => ({ params: { inviteId: invite.id } })],
  [
    'invite with a server of',
    inviteMember,
    () => ({ body: { instances: [{ instance_id: newId(), permissions: ['instances.view'] }] } }),
  ],
]

const tables = ['memberships', 'member_permissions', 'invites', 'organizations'] as const

test.each(cases)('to %s what is of another organization is refused, and changes nothing', async (_, op, idsOf) => {
  await using it = await two()
  const { db } = it.app.control
  const all = async () =>
    JSON.stringify(await Promise.all(tables.map((table) => db.selectFrom(table).selectAll().execute())))
  const before = await all()
  const { params = {}, ...input } = idsOf(it.theirs)
  const inOurs = await it.ours.call(op, params, input)
  expect(inOurs.status).toBe(404)
  const inTheirs = await it.ours.call(op, { ...params, orgId: it.theirs.id }, input)
  expect([inTheirs.status, inTheirs.json().code]).toEqual([404, 'organization_not_found'])
  expect(inOurs.text + inTheirs.text).not.toMatch(new RegExp(`Theirs|${it.theirs.id}`))
  expect(await all()).toBe(before)
})

test.each([
  contract.getOrganization,
  listMembers,
  listInvites,
  listOrganizationAuditLogs,
  contract.setDefaultOrganization,
])('$schema.operationId tells nothing of another organization, in the path or by a header', async (op) => {
  await using it = await two()
  const { token } = it.ours.owner
  const answer = await it.app.call(op, { params: { orgId: it.theirs.id } }, { token })
  expect([answer.status, answer.json().code]).toEqual([404, 'organization_not_found'])
  const headers = { 'x-organization-id': it.theirs.id }
  const own = await it.app.call(op, { params: { orgId: it.ours.id } }, { token, headers })
  expect(own.status).toBe(200)
  expect(own.text).not.toMatch(new RegExp(`Theirs|${it.theirs.id}`))
})
