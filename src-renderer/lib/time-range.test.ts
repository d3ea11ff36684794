import { expect, test } from 'vitest'
import { withRecent } from './history.ts'
import { historyQuery, isLive, timeRangeParams } from './time-range.ts'

test('whatever stands in the address becomes a range or nothing', () => {
  expect(timeRangeParams({ range: '6h' })).toEqual({ range: '6h' })
  expect(timeRangeParams({ range: 'ever', from: 'yesterday', to: 'now' })).toEqual({})
  expect(timeRangeParams({ from: '2026-11-23T12:00:00Z', to: '2026-11-23T11:00:00Z' })).toEqual({})
  expect(timeRangeParams({ from: '2026-11-23T11:00:00Z' })).toEqual({})
})

test('a zoomed range is asked for as it is, and stands still', () => {
  const zoomed = { range: '6h', from: '2026-11-23T11:00:00.000Z', to: '2026-11-23T12:00:00.000Z' } as const
  expect(historyQuery(zoomed)).toEqual({ from: zoomed.from, to: zoomed.to })
  expect([isLive(zoomed), isLive({ range: '6h' }), isLive({})]).toEqual([false, true, true])
  expect(historyQuery({})).toEqual({ range: '1h' })
})

test('live samples continue a history, without telling twice what it holds', () => {
  const at = Date.parse('2026-11-23T12:00:00Z') / 1000
  const history = {
    from: '2026-11-23T11:00:00Z',
    to: '2026-11-23T12:00:00Z',
    resolution: 10,
    at: [at - 20, at - 10],
    series: { cpu_percent: [1, null], load_1m: [0.1, 0.2] },
  }
  const sample = (seconds: number) => {
    const usage = { cpu_percent: seconds, memory_bytes: 0 }
    return { at: (at + seconds) * 1000, ...usage, usage }
  }
  const shown = withRecent(history, [sample(-15), sample(5)], at + 6)
  expect(shown.at).toEqual([at - 20, at - 10, at + 5])
  expect(shown.series).toEqual({ cpu_percent: [1, null, 5], load_1m: [0.1, 0.2, null] })
  expect([shown.from, shown.to]).toEqual([at + 6 - 3600, at + 6])
})
