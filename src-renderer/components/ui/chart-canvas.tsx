import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type uPlot from 'uplot'
import { formatSince } from '../../lib/format.ts'
import { type ChartPlot, makeChartPlot } from './chart-plot.ts'
import { type ChartUnit, unitText } from './chart-units.ts'

export type ChartSeries = { label: string; values: readonly (number | null)[]; color: 1 | 2 | 3 | 4 }
export type ChartMark = { at: number; label: string; tone: 'running' | 'error' | 'stopped' }

export type ChartProps = {
  title: string
  unit: ChartUnit
  /** Unix seconds, rising. */
  at: readonly number[]
  series: readonly ChartSeries[]
  /** What is on screen, in Unix seconds, even where nothing was measured. */
  from: number
  to: number
  /** The top of the scale, where there is one: all cores, all memory. */
  max?: number
  /** Charts of the same key share one cursor. */
  syncKey?: string
  height?: number
  marks?: readonly ChartMark[]
  /** A stretch was drawn with the pointer, in Unix seconds. */
  onZoom?: (from: number, to: number) => void
}

const swatches = { 1: 'bg-chart-1', 2: 'bg-chart-2', 3: 'bg-chart-3', 4: 'bg-chart-4' }
const noMarks: readonly ChartMark[] = []

/** uPlot in React: made once, then fed. The values under the cursor, else the newest, stand beside the title. */
export function ChartCanvas({
  title,
  unit,
  at,
  series,
  from,
  to,
  max,
  syncKey,
  height = 160,
  marks = noMarks,
  onZoom,
}: ChartProps) {
  const { t, i18n } = useTranslation()
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<ChartPlot>(undefined)
  const zoom = useRef(onZoom)
  const [cursor, setCursor] = useState<number | null>(null)
  useEffect(() => {
    zoom.current = onZoom
  }, [onZoom])

  const shape = series.map(({ label, color }) => `${color}${label}`).join()
  useEffect(() => {
    if (!place.current) return
    const made = makeChartPlot(place.current, {
      unit,
      colors: series.map(({ color }) => color),
      height,
      syncKey,
      onCursor: setCursor,
      onZoom: (start, end) => zoom.current?.(start, end),
    })
    plot.current = made
    return () => {
      plot.current = undefined
      made.destroy()
    }
    // The series' number and colours are in `shape`; their values are fed below without making the plot again.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [unit, height, syncKey, shape, i18n.language])

  useEffect(() => {
    plot.current?.feed([at, ...series.map(({ values }) => values)] as uPlot.AlignedData, { from, to, max, marks })
  }, [at, series, from, to, max, marks, shape, unit, height, syncKey, i18n.language])

  const index = cursor ?? lastMeasured(series)
  const time = cursor === null ? undefined : at[cursor]
  const valueOf = ({ values }: ChartSeries) => {
    const value = index === null ? null : (values[index] ?? null)
    return value === null ? '–' : unitText[unit](value)
  }
  const isEmpty = lastMeasured(series) === null
  const summary = t('charts.summary', { title, values: series.map((one) => `${one.label} ${valueOf(one)}`).join(', ') })

  return (
    <figure className="relative min-w-0">
      <figcaption className="flex h-7 items-start justify-between gap-3">
        <span className="font-medium">{title}</span>
        <span aria-hidden className="flex min-w-0 items-center gap-2 text-sm tabular text-muted">
          {time !== undefined && <span className="shrink-0">{formatSince(time * 1000)}</span>}
          {series.map((one) => (
            <span key={one.label} className="flex shrink-0 items-center gap-1">
              <span className={`h-2 w-2 rounded-sm ${swatches[one.color]}`} />
              {series.length > 1 && one.label}
              <span className="text-text">{valueOf(one)}</span>
            </span>
          ))}
        </span>
      </figcaption>
      <div ref={place} role="img" aria-label={summary} style={{ height }} className="touch-pan-y" />
      {isEmpty && (
        <p className="pointer-events-none absolute inset-x-0 bottom-1/3 text-center text-muted">{t('charts.noData')}</p>
      )}
    </figure>
  )
}

function lastMeasured(series: readonly ChartSeries[]): number | null {
  let last = -1
  for (const { values } of series) {
    last = Math.max(
      last,
      values.findLastIndex((value) => value !== null),
    )
  }
  return last < 0 ? null : last
}
