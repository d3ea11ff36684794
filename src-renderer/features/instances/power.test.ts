import { expect, test } from 'vitest'
import type { instanceStates } from '#contract/instances'
import { canDo, expectedState, isBackingOff, powerActions } from './power.ts'

const allowed = (state: (typeof instanceStates)[number], desired_state: 'running' | 'stopped' = 'running') =>
  powerActions.filter((action) => canDo(action, { state, desired_state }))

test.each([
  ['running', ['stop', 'restart', 'kill']],
  ['starting', ['stop', 'restart', 'kill']],
  ['stopping', ['kill']],
  ['stopped', ['start']],
  ['creating', []],
  ['installing', []],
  ['migrating', []],
  ['unknown', []],
] as const)('a server that is %s can %j', (state, actions) => {
  expect(allowed(state)).toEqual(actions)
})

test('one that waits to be started again can be started now, or be left stopped', () => {
  expect(allowed('error', 'running')).toEqual(['start', 'stop'])
  expect(isBackingOff({ state: 'error', desired_state: 'running' })).toBe(true)
  expect(expectedState('stop', { state: 'error', desired_state: 'running' })).toBe('stopped')
})

test('one that gave up can only be started', () => {
  expect(allowed('error', 'stopped')).toEqual(['start'])
})
