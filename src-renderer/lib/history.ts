import type { Sample } from './recent.ts'

type Columns = Record<string, readonly (number | null)[]>
export type History = { from: string; to: string; resolution: number; at: readonly number[]; series: Columns }

/** The kept history with the live samples that came after it, so that a chart moves with every heartbeat. */
export function withRecent<H extends History>(
  history: H,
  recent: readonly Sample[],
  now: number,
): { at: number[]; series: H['series']; from: number; to: number } {
  const from = Date.parse(history.from) / 1000
  const span = Date.parse(history.to) / 1000 - from
  const last = history.at.at(-1) ?? 0
  const fresh = recent.filter((sample) => sample.at / 1000 > last && sample.at / 1000 > now - span)
  const at = [...history.at, ...fresh.map((sample) => sample.at / 1000)]
  const series = Object.fromEntries(
    Object.entries(history.series).map(([name, values]) => [
      name,
      [...values, ...fresh.map((sample) => valueOf(sample, name))],
    ]),
  ) as H['series']
  return { at, series, from: now - span, to: now }
}

const valueOf = (sample: Sample, name: string): number | null => {
  const value = (sample.usage as Record<string, unknown>)[name]
  return typeof value === 'number' ? value : null
}
