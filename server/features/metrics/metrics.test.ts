import { expect, test } from 'vitest'
import { openMetrics } from '#server/db/metrics'
import type { AppError } from '#server/errors'
import { fakeClock } from '#server/testing/clock'
import { chooseStep } from './history.ts'
import { createMetricsService } from './service.ts'

const HOUR = 3600_000
const usage = (cpu_percent: number) => ({
  cpu_percent,
  memory_bytes: 1000,
  disk_bytes: 2000,
  network_in_bytes_per_second: 3,
  network_out_bytes_per_second: 4,
  load_1m: 0.5,
})
const server = (cpu_percent: number, network: number | null = null) => ({
  cpu_percent,
  memory_bytes: 10,
  memory_limit_bytes: null,
  network_in_bytes_per_second: network,
  network_out_bytes_per_second: network,
  pids: 1,
  uptime_seconds: 5,
  disk_bytes: null,
})

function setUp() {
  const clock = fakeClock()
  const metrics = openMetrics(':memory:')
  const service = createMetricsService({ metrics, clock })
  /** A heartbeat every five seconds whose CPU is the number of the minute. */
  const beat = (ms: number, instances: { id: string; usage: ReturnType<typeof server> }[] = []) => {
    for (let passed = 0; passed < ms; passed += 5000) {
      service.record('n', usage(Math.floor(clock.now() / 60_000) % 60), instances)
      clock.advance(5000)
    }
  }
  return { clock, metrics, service, beat }
}

test('an hour is shown finely, with aligned columns and nulls where nothing was measured', () => {
  const { clock, service, beat } = setUp()
  beat(10 * 60_000)
  clock.advance(10 * 60_000)
  beat(60_000)
  const history = service.nodeHistory('n', { range: '1h' })
  expect(history.resolution).toBe(10)
  expect(history.at).toHaveLength(360)
  expect(Object.values(history.series).map((values) => values.length)).toEqual(Array.from({ length: 6 }, () => 360))
  expect(history.series.cpu_percent.filter((value) => value !== null)).toHaveLength(66)
  expect(history.series.cpu_percent.at(-1)).toBe(20)
  expect(history.series.cpu_percent.at(-10)).toBeNull()
})

test('downsampling keeps means and peaks, and doing it twice changes nothing', async () => {
  const { metrics, service, beat } = setUp()
  beat(30 * 60_000, [{ id: 'i', usage: server(50) }])
  await service.downsample()
  const minutes = () =>
    metrics.database.prepare('select at, samples, cpu_percent, cpu_percent_max from node_minute order by at').all()
  const quarters = () =>
    metrics.database
      .prepare('select samples, cpu_percent, cpu_percent_max, memory_bytes from node_quarter order by at')
      .all()
  const first = minutes()
  expect(first).toHaveLength(30)
  expect(first[7]).toMatchObject({ samples: 12, cpu_percent: 7, cpu_percent_max: 7 })
  expect(quarters()).toEqual([
    { samples: 180, cpu_percent: 7, cpu_percent_max: 14, memory_bytes: 1000 },
    { samples: 180, cpu_percent: 22, cpu_percent_max: 29, memory_bytes: 1000 },
  ])
  metrics.setProgress('minute', 0)
  await service.downsample()
  expect(minutes()).toEqual(first)
  expect(
    metrics.database.prepare('select network_in_bytes_per_second as n from instance_minute limit 1').get(),
  ).toEqual({ n: null })
})

test('what is not yet in the coarse tier comes from the fine one', async () => {
  const { clock, service, beat } = setUp()
  beat(2 * HOUR)
  await service.downsample()
  beat(20 * 60_000)
  const { series, resolution, at } = service.nodeHistory('n', { range: '24h' })
  expect(resolution).toBe(180)
  const measured = series.cpu_percent.filter((value) => value !== null)
  expect(measured.length).toBe(Math.ceil((140 * 60) / 180))
  expect((at.at(-1) ?? 0) * 1000).toBeLessThan(clock.now())
})

test('fine rows go after two days, minutes after two weeks, and quarter hours stay', async () => {
  const { clock, metrics, service, beat } = setUp()
  beat(HOUR)
  await service.downsample()
  const count = (table: string) => metrics.database.prepare(`select count(*) as n from ${table}`).get()
  clock.advance(48 * HOUR)
  await service.tidy()
  expect([count('node_raw'), count('node_minute')]).toEqual([{ n: 0 }, { n: 60 }])
  clock.advance(13 * 24 * HOUR)
  await service.tidy()
  expect([count('node_minute'), count('node_quarter')]).toEqual([{ n: 0 }, { n: 4 }])
  const month = service.nodeHistory('n', { range: '30d' })
  expect([month.resolution, month.series.cpu_percent.filter((value) => value !== null).length]).toEqual([7200, 1])
})

test('a deleted server is forgotten at once and its rows go in slices; others stay', async () => {
  const { metrics, service, beat } = setUp()
  beat(8 * HOUR, [{ id: 'i', usage: server(50, 9) }])
  service.forget('i')
  expect(service.instanceHistory('i', {}).series.cpu_percent.every((value) => value === null)).toBe(true)
  await service.tidy()
  expect(metrics.database.prepare('select count(*) as n from instance_raw').get()).toEqual({ n: 0 })
  expect(metrics.listDropped()).toEqual([])
  expect(service.nodeHistory('n', {}).series.cpu_percent.some((value) => value !== null)).toBe(true)
})

test('five-second steps have no gaps from the jitter of heartbeats, but keep real ones', () => {
  const { clock, service } = setUp()
  for (const wait of [5000, 5900, 4100, 5000, 30_000, 5000]) {
    service.record('n', usage(1), [])
    clock.advance(wait)
  }
  const { series } = service.nodeHistory('n', {
    from: '2026-01-01T00:00:00Z',
    to: '2026-01-01T00:01:00Z',
    resolution: 5,
  })
  expect(series.cpu_percent).toEqual([1, 1, 1, 1, 1, null, null, null, null, null, 1, null])
})

test.each([
  ['1h', 10],
  ['6h', 60],
  ['24h', 180],
  ['7d', 1800],
  ['30d', 7200],
] as const)('%s is shown in steps of %i s, at most six hundred of them', (range, resolution) => {
  const { service } = setUp()
  const history = service.nodeHistory('n', { range })
  expect(history.resolution).toBe(resolution)
  expect(history.at.length).toBeLessThanOrEqual(600)
})

test('an old time is answered from the tier that still has it', () => {
  const now = 10_000_000
  expect(chooseStep({ from: now - 3 * 86_400, to: now - 3 * 86_400 + 600 }, now, 5)).toMatchObject({
    step: 60,
    tier: { name: 'minute' },
  })
  expect(chooseStep({ from: now - 30 * 86_400, to: now - 30 * 86_400 + 3600 }, now)).toMatchObject({
    step: 900,
    tier: { name: 'quarter' },
  })
  expect(chooseStep({ from: now - 600, to: now }, now, 7)).toMatchObject({ step: 7, tier: { name: 'raw' } })
})

test.each([
  [{ from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' }, 'bad_range'],
  [{ from: '2026-01-01T00:00:00Z', to: '2026-01-01T00:00:00Z' }, 'bad_range'],
  [{ range: '1h', from: '2026-01-01T00:00:00Z' }, 'bad_range'],
  [{ from: '2020-01-01T00:00:00Z' }, 'bad_range'],
  [{ range: '24h', resolution: 5 }, 'too_many_points'],
] as const)('%o is refused', (query, code) => {
  const { service } = setUp()
  expect(() => service.nodeHistory('n', query)).toThrow(expect.toSatisfy((error: AppError) => error.code === code))
})

test('absurd values of a hostile agent are bounded', () => {
  const { clock, service } = setUp()
  service.record('n', { ...usage(-5), memory_bytes: 1e308 }, [])
  clock.advance(1000)
  const { series } = service.nodeHistory('n', { range: '1h' })
  expect([series.cpu_percent.at(-1), series.memory_bytes.at(-1)]).toEqual([0, Number.MAX_SAFE_INTEGER])
})
