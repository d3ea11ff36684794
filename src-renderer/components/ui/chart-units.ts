import { formatBytes, formatNumber, formatPercent, formatRate } from '../../lib/format.ts'

/** What a chart measures. It decides the words of its values and where its lines may stand. */
export type ChartUnit = 'percent' | 'bytes' | 'bytes_per_second' | 'number'

export const unitText: Record<ChartUnit, (value: number) => string> = {
  percent: (value) => formatPercent(value),
  bytes: (value) => formatBytes(value),
  bytes_per_second: (value) => formatRate(value),
  number: (value) => formatNumber(value, value < 10 ? 2 : 1),
}

const binary = Array.from({ length: 51 }, (_, power) => 2 ** power)
const decimal = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000, 2000, 5000]

/** Lines at round values: powers of two for bytes, so that the axis says 512 MiB and not 488.3 MiB. */
export const unitSteps = (unit: ChartUnit): number[] =>
  unit === 'bytes' || unit === 'bytes_per_second' ? binary : decimal

/** A scale from zero. An idle machine's chart does not blow up noise: each unit has a least height. */
export function unitRange(unit: ChartUnit, dataMax: number | null, max: number | undefined): [number, number] {
  if (max !== undefined) return [0, Math.max(max, dataMax ?? 0)]
  const least = { percent: 5, bytes: 1024 ** 2, bytes_per_second: 10 * 1024, number: 1 }[unit]
  return [0, Math.max(least, (dataMax ?? 0) * 1.1)]
}
