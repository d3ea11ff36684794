import { expect, test } from 'vitest'
import { permissions } from '#contract/permissions'
import { i18n, loadWords, startI18n } from './i18n.ts'
import { groupPermissions, permissionGroup, permissionText } from './permission-text.ts'

startI18n()
await loadWords('permissions')

test.each(Object.keys(permissions))('%s is told in every language', (key) => {
  for (const language of ['en', 'pt-BR']) {
    expect(i18n.exists(`permissions.keys.${key}`, { lng: language, fallbackLng: [] })).toBe(true)
    expect(typeof i18n.t(`permissions.keys.${key}` as 'permissions.keys.nodes.view', { lng: language })).toBe('string')
  }
  expect(permissionGroup(key)).not.toBe(key.split('.')[0])
})

test('a key that is newer than this page is told in the words of the server', () => {
  expect(permissionText('moons.land', 'Land on moons.')).toBe('Land on moons.')
  expect(permissionGroup('moons.land')).toBe('moons')
})

test('keys of one noun stay together', () => {
  const items = [{ key: 'nodes.view' }, { key: 'instances.view' }, { key: 'nodes.create' }]
  expect(groupPermissions(items).map(([group, { length }]) => [group, length])).toEqual([
    ['Machines', 2],
    ['Servers', 1],
  ])
})
