import type { TFunction } from 'i18next'
import type { Activity } from '#contract/activity'
import type { ChartMark } from '../../components/ui/chart-canvas.tsx'

const kinds: readonly (readonly [RegExp, ChartMark['tone'], 'started' | 'crashed' | 'stopped'])[] = [
  [/^instance\.(started|ready)$/, 'running', 'started'],
  [/^instance\.(crashed|gave_up)$/, 'error', 'crashed'],
  [/^instance\.stopped$/, 'stopped', 'stopped'],
]

/** What happened to a server, as marks in its charts. */
export const marksOf = (activity: readonly Activity[], t: TFunction): ChartMark[] =>
  activity.flatMap(({ at, action }) => {
    const kind = kinds.find(([pattern]) => pattern.test(action))
    return kind ? [{ at: Date.parse(at) / 1000, tone: kind[1], label: t(`instances.marks.${kind[2]}`) }] : []
  })
