import { expect, test } from 'vitest'
import { byRole, groupRights, resultOf, type Right } from './rights.ts'

const right = (key: string, fields: Partial<Right> = {}): Right => ({
  key,
  by_role: true,
  effect: null,
  effective: 'all',
  ...fields,
})

test('rights stand beside those that are about the same, and an unknown one is not lost', () => {
  const groups = groupRights([
    right('nodes.view'),
    right('instances.power'),
    right('instances.logs.clear'),
    right('files.read', { effective: 'own' }),
  ])
  expect(groups.map(({ noun, items }) => [noun, items.map(({ key }) => key)])).toEqual([
    ['instances', ['instances.power', 'instances.logs.clear']],
    ['nodes', ['nodes.view']],
    ['other', ['files.read']],
  ])
})

test('what only the owner can hold is told of the owner only', () => {
  expect(groupRights([right('organization.delete', { by_role: false, effective: 'none' })])).toEqual([])
  expect(groupRights([right('organization.delete')])).toHaveLength(1)
})

test('the role user gives rights over servers for own ones only, and others for all', () => {
  expect(byRole(right('instances.power'), 'user')).toBe('own')
  expect(byRole(right('instances.power'), 'admin')).toBe('yes')
  expect(byRole(right('nodes.view'), 'user')).toBe('yes')
  expect(byRole(right('nodes.create', { by_role: false }), 'user')).toBe('no')
})

test('the result is told in words that fit', () => {
  expect(resultOf(right('instances.power'))).toBe('all')
  expect(resultOf(right('instances.power', { effective: 'own' }))).toBe('own')
  expect(resultOf(right('members.invite'))).toBe('yes')
  expect(resultOf(right('members.invite', { effective: 'none' }))).toBe('none')
})
