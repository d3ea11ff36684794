import { expect, test } from 'vitest'
import { readFrame, type StatsFrame } from './stats.ts'

const frame = (second: number, changes: Partial<StatsFrame>): StatsFrame => ({
  read: `2026-11-23T12:00:0${second}.000000000Z`,
  cpu_stats: { cpu_usage: { total_usage: second * 5e8 }, system_cpu_usage: second * 2e9, online_cpus: 2 },
  pids_stats: { current: 3 },
  networks: { eth0: { rx_bytes: second * 1000, tx_bytes: second * 500 } },
  ...changes,
})

test('control groups 1: the page cache is no use of memory', () => {
  const memory_stats = { usage: 100_000_000, limit: 1e9, stats: { total_inactive_file: 30_000_000, inactive_file: 1 } }
  expect(readFrame(frame(2, { memory_stats }), frame(1, { memory_stats }), 512)).toEqual({
    cpu_percent: 50,
    memory_bytes: 70_000_000,
    memory_limit_bytes: 512,
    network_in_bytes_per_second: 1000,
    network_out_bytes_per_second: 500,
    pids: 3,
  })
})

test('control groups 2: the same from its own fields', () => {
  const memory_stats = { usage: 100_000_000, stats: { inactive_file: 40_000_000 } }
  expect(readFrame(frame(3, { memory_stats }), frame(2, { memory_stats }), null)).toMatchObject({
    memory_bytes: 60_000_000,
    memory_limit_bytes: null,
  })
})

test('a first frame knows the processor from the one that the engine kept, and no rates yet', () => {
  const first = frame(2, { precpu_stats: frame(1, {}).cpu_stats })
  expect(readFrame(first, undefined, null)).toMatchObject({ cpu_percent: 50, network_in_bytes_per_second: null })
})

test('a container without network has no rates', () => {
  const { networks: _, ...bare } = frame(2, {})
  expect(readFrame(bare, frame(1, {}), null)).toMatchObject({ network_in_bytes_per_second: null, memory_bytes: 0 })
})
