import { expect, test } from 'vitest'
import type { Me } from '#contract/auth'
import type { Role } from '#contract/permissions'
import { buildMe } from '../../testing/instances.ts'
import { powersOver } from './authority.ts'

const rights = ['members.update', 'members.remove']
const as = (role: Role, permissions = rights): Me => ({
  ...buildMe(permissions),
  organization: { id: 'o', name: 'Home', role },
})
const other = (role: Role) => ({ user_id: 'other', role })
const none = { changeRole: false, changeRights: false, remove: false, leave: false }
const all = { ...none, changeRole: true, changeRights: true, remove: true }

test('who is above somebody, with the right to it, may change and remove them', () => {
  expect(powersOver(as('owner'), other('admin'))).toEqual(all)
  expect(powersOver(as('admin'), other('user'))).toEqual(all)
})

test('nobody touches those who are beside or above them, whatever was granted', () => {
  expect(powersOver(as('admin'), other('admin'))).toEqual(none)
  expect(powersOver(as('admin'), other('owner'))).toEqual(none)
  expect(powersOver(as('user'), other('user'))).toEqual(none)
})

test('without the right a role alone is not enough', () => {
  expect(powersOver(as('admin', ['members.view']), other('user'))).toEqual(none)
  expect(powersOver(as('admin', ['members.remove']), other('user'))).toEqual({ ...none, remove: true })
})

test('everybody but the owner may leave, and nobody changes themselves', () => {
  const self = (role: Role) => powersOver(as(role), { user_id: 'u', role })
  expect(self('user')).toEqual({ ...none, leave: true })
  expect(self('admin')).toEqual({ ...none, leave: true })
  expect(self('owner')).toEqual(none)
})
