import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { currentLanguage } from '../../lib/i18n.ts'
import { onThemeChange } from '../../lib/theme.ts'
import type { ChartMark } from './chart-canvas.tsx'
import { type ChartUnit, unitRange, unitSteps, unitText } from './chart-units.ts'

type Options = {
  unit: ChartUnit
  colors: readonly (1 | 2 | 3 | 4)[]
  height: number
  syncKey: string | undefined
  onCursor: (index: number | null) => void
  onZoom: (from: number, to: number) => void
}
type View = { from: number; to: number; max: number | undefined; marks: readonly ChartMark[] }

export type ChartPlot = { feed(data: uPlot.AlignedData, view: View): void; destroy(): void }

const token = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
const FONT = '11px "Inter Variable", system-ui, sans-serif'

/** Hours for short ranges, days for long ones, in the language of the page. */
function timeText(splits: number[], from: number, to: number): string[] {
  const isShort = to - from <= 2 * 86_400
  const clock = new Intl.DateTimeFormat(currentLanguage(), { hour: 'numeric', minute: '2-digit' })
  const day = new Intl.DateTimeFormat(currentLanguage(), { day: 'numeric', month: 'short' })
  return splits.map((at) => {
    const date = new Date(at * 1000)
    const isMidnight = date.getHours() === 0 && date.getMinutes() === 0
    return (isShort && !isMidnight ? clock : day).format(date)
  })
}

const widthOf = (self: uPlot, text: string): number => {
  self.ctx.font = FONT.replace('11px', `${11 * uPlot.pxRatio}px`)
  return self.ctx.measureText(text).width / uPlot.pxRatio
}

/** As wide as the longest label needs; widths that differ by a digit would make charts below each other ragged, so by steps. */
function labelRoom(self: uPlot, labels: string[] | null): number {
  if (!labels || labels.length === 0) return 40
  const widest = Math.max(...labels.map((label) => widthOf(self, label)))
  return Math.ceil((widest + 12) / 12) * 12
}

/** A label stands in the middle under its line: the last one reaches half its width beyond the chart. */
function endRoom(self: uPlot, { from, to }: View): number {
  const [text = ''] = timeText([to], from, to)
  // The last line may be at ten where this is at nine.
  return Math.ceil(widthOf(self, `0${text}`) / 2) + 2
}

/** One uPlot. Colours are read from the tokens at each drawing, so that a change of theme is one redraw. */
export function makeChartPlot(
  place: HTMLElement,
  { unit, colors, height, syncKey, onCursor, onZoom }: Options,
): ChartPlot {
  let view: View = { from: 0, to: 1, max: undefined, marks: [] }
  const axis = {
    font: FONT,
    stroke: () => token('muted'),
    ticks: { show: false },
    grid: { stroke: () => token('chart-grid'), width: 1 },
  }

  const drawMarks = (plot: uPlot) => {
    const { ctx, bbox } = plot
    for (const mark of view.marks) {
      if (mark.at < view.from || mark.at > view.to) continue
      const x = Math.round(plot.valToPos(mark.at, 'x', true))
      ctx.save()
      ctx.strokeStyle = token(mark.tone)
      ctx.lineWidth = uPlot.pxRatio
      ctx.setLineDash([3 * uPlot.pxRatio, 3 * uPlot.pxRatio])
      ctx.beginPath()
      ctx.moveTo(x, bbox.top)
      ctx.lineTo(x, bbox.top + bbox.height)
      ctx.stroke()
      ctx.restore()
    }
  }

  const plot = new uPlot(
    {
      width: Math.max(120, place.clientWidth),
      height,
      padding: [6, (self) => endRoom(self, view), 0, 0],
      legend: { show: false },
      scales: {
        x: { time: true, range: () => [view.from, view.to] },
        y: { range: (_, __, dataMax) => unitRange(unit, dataMax, view.max) },
      },
      axes: [
        { ...axis, size: 24, space: 64, values: (_, splits) => timeText(splits, view.from, view.to) },
        {
          ...axis,
          size: labelRoom,
          space: 32,
          incrs: unitSteps(unit),
          values: (_, splits) => splits.map(unitText[unit]),
        },
      ],
      series: [
        {},
        ...colors.map((color) => ({
          stroke: () => token(`chart-${color}`),
          fill: () => `${token(`chart-${color}`)}1f`,
          width: 1.5,
          points: { show: false },
          spanGaps: false,
        })),
      ],
      cursor: {
        y: false,
        points: { size: 7, width: 0 },
        drag: { x: true, y: false, setScale: false },
        // Only the position is shared: a stretch drawn in one chart must not end in the others too.
        ...(syncKey && {
          sync: {
            key: syncKey,
            setSeries: false,
            filters: { pub: (type: string) => type === 'mousemove' || type === 'mouseleave', sub: () => true },
          },
        }),
      },
      hooks: {
        setCursor: [
          ({ cursor }) => onCursor(cursor.left !== undefined && cursor.left >= 0 ? (cursor.idx ?? null) : null),
        ],
        setSelect: [
          (self) => {
            const { left, width } = self.select
            if (width < 6) return
            onZoom(self.posToVal(left, 'x'), self.posToVal(left + width, 'x'))
            self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
          },
        ],
        draw: [drawMarks],
      },
    },
    [[], ...colors.map(() => [])] as unknown as uPlot.AlignedData,
    place,
  )

  const resized = new ResizeObserver(() => plot.setSize({ width: Math.max(120, place.clientWidth), height }))
  resized.observe(place)
  const stopTheme = onThemeChange(() => plot.redraw(false, true))

  return {
    feed(data, next) {
      view = next
      plot.setData(data, true)
    },
    destroy() {
      stopTheme()
      resized.disconnect()
      plot.destroy()
    },
  }
}
