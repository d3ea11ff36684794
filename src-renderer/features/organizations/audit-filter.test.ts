import { expect, test } from 'vitest'
import { auditQuery, isFiltered, readDetails } from './audit-filter.ts'

test('a stretch of time is asked for from its beginning, other filters as they are', () => {
  const now = Date.parse('2026-11-26T12:00:00.000Z')
  expect(auditQuery({ actor: 'ana', action: 'instance', outcome: 'refused', time: 'day' }, now)).toEqual({
    actor: 'ana',
    action: 'instance',
    outcome: 'refused',
    since: '2026-11-25T12:00:00.000Z',
  })
  expect(auditQuery({}, now)).toEqual({})
  expect(isFiltered({})).toBe(false)
  expect(isFiltered({ time: 'week' })).toBe(true)
})

test('details are read as pairs, lists as words', () => {
  expect(readDetails('{"from":"user","permissions":["a","b"],"deep":{"x":1},"count":2}')).toEqual([
    ['from', 'user'],
    ['permissions', 'a, b'],
    ['deep', '{"x":1}'],
    ['count', '2'],
  ])
})

test('details that are no JSON, or no object, are shown and not lost', () => {
  expect(readDetails('broken {')).toEqual([['', 'broken {']])
  expect(readDetails('[1,2]')).toEqual([['', '1, 2']])
})
