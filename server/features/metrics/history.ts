import { type Kind, measured, type Metrics, tiers } from '#server/db/metrics'
import { invalid } from '#server/errors'

export type HistoryInput = {
  range?: '1h' | '6h' | '24h' | '7d' | '30d'
  from?: string
  to?: string
  resolution?: number
}
export type History = {
  from: string
  to: string
  resolution: number
  at: number[]
  series: Record<string, (number | null)[]>
}

const rangeSeconds = { '1h': 3600, '6h': 6 * 3600, '24h': 86_400, '7d': 7 * 86_400, '30d': 30 * 86_400 }
/** Heartbeats come every five seconds, so ten is the finest step that has a value in each. */
const steps = [10, 15, 20, 30, 60, 120, 180, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400]
const GOOD_POINTS = 600
const MAX_POINTS = 11_000
const MAX_SECONDS = 400 * 86_400

const iso = (seconds: number) => new Date(seconds * 1000).toISOString()

/** Which part of time is asked for, in Unix seconds. */
export function spanOf({ range, from, to }: HistoryInput, now: number): { from: number; to: number } {
  if (range !== undefined && (from !== undefined || to !== undefined)) {
    throw invalid('bad_range', 'Give either range, or from and to.')
  }
  const end = to === undefined ? now : Math.floor(Date.parse(to) / 1000)
  const begin = from === undefined ? end - rangeSeconds[range ?? '1h'] : Math.floor(Date.parse(from) / 1000)
  if (!(begin < end)) throw invalid('bad_range', 'The beginning (from) must be earlier than the end (to).')
  if (end - begin > MAX_SECONDS) throw invalid('bad_range', 'That is more than a year. Ask for less.')
  return { from: begin, to: end }
}

/** The step between points, and the finest tier that reaches back far enough and is not coarser than it need be. */
export function chooseStep(span: { from: number; to: number }, now: number, wanted?: number) {
  const age = now - span.from
  const reaching = tiers.find(({ keepSeconds }) => age <= keepSeconds) ?? tiers.at(-1) ?? tiers[0]
  const length = span.to - span.from
  const atLeast = wanted ?? steps.find((step) => length / step <= GOOD_POINTS) ?? 86_400
  const unit = reaching.seconds || 1
  const step = Math.ceil(Math.max(atLeast, reaching.seconds) / unit) * unit
  if (length / step > MAX_POINTS) {
    throw invalid('too_many_points', 'That would be too many points. Ask for a coarser resolution or a shorter time.')
  }
  // A coarser tier says the same with fewer rows to read, once its steps divide ours.
  const tier =
    tiers.findLast(
      ({ seconds }) => seconds > 0 && seconds * 4 <= step && step % seconds === 0 && seconds >= reaching.seconds,
    ) ?? reaching
  return { step, tier }
}

export function readHistory(
  metrics: Metrics,
  kind: Kind,
  subject: string,
  input: HistoryInput,
  nowMs: number,
): History {
  const now = Math.floor(nowMs / 1000)
  const span = spanOf(input, now)
  const { step, tier } = chooseStep(span, now, input.resolution)
  const from = Math.floor(span.from / step) * step
  const to = Math.ceil(span.to / step) * step
  const columns = measured[kind]
  const rows = new Map(metrics.read(kind, subject, tier.name, step, from, to).map((row) => [row.at, row]))
  // Coarse tiers are filled a little later; what they lack yet comes from the finest.
  const filled = metrics.progress(tier.name)
  if (tier.name !== 'raw') {
    const since = Math.max(from, Math.floor((filled ?? 0) / step) * step)
    if (since < to) for (const row of metrics.read(kind, subject, 'raw', step, since, to)) rows.set(row.at, row)
  }
  const at = Array.from({ length: (to - from) / step }, (_, i) => from + i * step)
  const series = Object.fromEntries(columns.map((column) => [column, at.map((t) => rows.get(t)?.[column] ?? null)]))
  if (step < 10) for (const values of Object.values(series)) fillSingleGaps(values)
  return { from: iso(from), to: iso(to), resolution: step, at, series }
}

/** At steps as short as the heartbeat's own, a jitter of milliseconds leaves single steps empty. */
function fillSingleGaps(values: (number | null)[]): void {
  for (let i = 1; i < values.length - 1; i++) {
    if (values[i] === null && values[i + 1] !== null) values[i] = values[i - 1] ?? null
  }
}
