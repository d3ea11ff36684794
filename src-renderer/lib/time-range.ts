import { ranges } from '#contract/metrics'
import { choiceParam } from './search.ts'

export type Range = (typeof ranges)[number]
/** A range that counts back from now, or, zoomed, a time from and to. Spread into the query of a metrics history. */
export type TimeRange = { range?: Range; from?: string; to?: string }

const timeParam = (search: Record<string, unknown>, key: string): string | undefined => {
  const value = search[key]
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(at) ? undefined : new Date(at).toISOString()
}

/** For `validateSearch` of a page with charts. */
export function timeRangeParams(search: Record<string, unknown>): TimeRange {
  const from = timeParam(search, 'from')
  const to = timeParam(search, 'to')
  const range = choiceParam(search, 'range', ranges)
  return { ...(range && { range }), ...(from && to && from < to && { from, to }) }
}

/** What to ask the server for. */
export const historyQuery = ({ range, from, to }: TimeRange) => (from && to ? { from, to } : { range: range ?? '1h' })

/** A range that counts back from now goes on; a zoomed one stands still. */
export const isLive = ({ from }: TimeRange): boolean => from === undefined
