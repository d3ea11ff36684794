import { expect, test } from 'vitest'
import { FIRST_WINDOW, followRoundTrip, windowFor } from './tunnel-window.ts'

const MIB = 1024 * 1024

test.each([
  [0, FIRST_WINDOW],
  [1, FIRST_WINDOW],
  [50, 3_200_000],
  [150, 8 * MIB],
  [5000, 8 * MIB],
])('a way of %d ms has a window of %d bytes', (ms, bytes) => expect(windowFor(ms)).toBe(bytes))

test('the window follows the shortest way, and is told only when it changes', () => {
  const told: number[] = []
  const measured = followRoundTrip((window) => told.push(window))
  for (const ms of [50, 400, 50, 20, 60, 0.2, 90]) measured(ms)
  expect(told).toEqual([3_200_000, 1_280_000, FIRST_WINDOW])
})
