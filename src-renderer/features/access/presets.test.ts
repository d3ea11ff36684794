import { expect, test } from 'vitest'
import { instancePermissions } from '#contract/permissions'
import { mayGive, presetOf, presets, withView } from './presets.ts'

test('rights are known as the preset that they make up, in any order and with or without the right to look', () => {
  expect(presetOf(['instances.console', 'instances.view'])).toBe('watch')
  expect(presetOf(['instances.power', 'instances.command', 'instances.console'])).toBe('operate')
  expect(presetOf(presets.manage)).toBe('manage')
})

test('anything else is a choice of single rights', () => {
  expect(presetOf(['instances.view'])).toBeUndefined()
  expect(presetOf(['instances.view', 'instances.power'])).toBeUndefined()
  expect(presetOf(instancePermissions)).toBeUndefined()
})

test('the right to look comes with every other one, once', () => {
  expect(withView(['instances.power'])).toEqual(['instances.view', 'instances.power'])
  expect(withView(['instances.power', 'instances.view'])).toEqual(['instances.view', 'instances.power'])
})

test('nobody gives what they do not hold there', () => {
  expect(mayGive(presets.watch, presets.operate)).toBe(true)
  expect(mayGive(presets.manage, presets.operate)).toBe(false)
})
