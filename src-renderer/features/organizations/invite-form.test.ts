import { expect, test } from 'vitest'
import { rolePermissions } from '#contract/permissions'
import { presets } from '../access/presets.ts'
import { checkInvite, emptyInvite, inviteBody } from './invite-form.ts'

const form = emptyInvite('link')

test('an invitation by link names nobody, one by mail an address without the spaces around it', () => {
  expect(inviteBody({ ...form, email: 'left@over.example' })).toEqual({ role: 'user', expires_in: 604_800 })
  expect(inviteBody({ ...form, way: 'mail', email: ' ana@example.org ', expiry: 'hour' })).toEqual({
    role: 'user',
    email: 'ana@example.org',
    expires_in: 3_600,
  })
})

test('who is invited to chosen servers only gets them, and nothing of what the role would open besides', () => {
  const shares = new Map([['a', presets.watch]])
  const body = inviteBody({ ...form, scope: 'chosen', shares })
  expect(body.instances).toEqual([{ instance_id: 'a', permissions: ['instances.view', 'instances.console'] }])
  const left = rolePermissions.user.filter((key) => !body.denials?.some((denied) => denied === key))
  expect(left.filter((key) => key.endsWith('.create') || key === 'nodes.view' || key === 'workloads.view')).toEqual([])
})

test('an administrator is not confined, whatever was chosen before the role', () => {
  const shares = new Map([['a', presets.watch]])
  expect(inviteBody({ ...form, role: 'admin', scope: 'chosen', shares })).toEqual({
    role: 'admin',
    expires_in: 604_800,
  })
})

test.each(['', 'ana', 'ana@', '@example.org', 'ana@example', 'ana @example.org'])('%j is no address', (email) => {
  expect(checkInvite({ ...form, way: 'mail', email }).email).toBe(true)
  expect(checkInvite({ ...form, email }).email).toBe(false)
})

test('chosen servers are at least one', () => {
  expect(checkInvite({ ...form, scope: 'chosen' }).shares).toBe(true)
  expect(checkInvite({ ...form, scope: 'chosen', shares: new Map([['a', presets.watch]]) }).shares).toBe(false)
  expect(checkInvite({ ...form, role: 'admin', scope: 'chosen' }).shares).toBe(false)
})
