import { expect, test } from 'vitest'
import { tunnelTimes } from '#contract/agent'
import { backoffMs, isLoopback } from './tunnel.ts'

test('the wait grows from half a second to half a minute, with jitter over all of it', () => {
  const most = (failures: number) => backoffMs(failures, false, tunnelTimes, 1)
  expect([0, 1, 2, 5, 6, 50].map(most)).toEqual([500, 1000, 2000, 16_000, 30_000, 30_000])
  expect(backoffMs(9, false, tunnelTimes, 0)).toBe(0)
})

test('beside the control plane a second and a half is the longest wait', () => {
  expect(backoffMs(50, true, tunnelTimes, 1)).toBe(1500)
})

test.each([
  ['http://127.0.0.1:7480', true],
  ['http://localhost', true],
  ['http://[::1]:1', true],
  ['http://127.9.9.9', true],
  ['http://192.168.0.2', false],
  ['http://localhost.evil.example', false],
  ['http://127.0.0.1.evil.example', false],
  ['nonsense', false],
])('%s is on this machine: %s', (url, expected) => expect(isLoopback(url)).toBe(expected))
