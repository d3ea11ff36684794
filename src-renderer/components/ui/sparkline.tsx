import { cn } from '../../lib/cn.ts'

type Props = {
  values: readonly number[]
  /** The top of the scale; absent, the largest value. */ max?: number
  label: string
  className?: string
  color?: 1 | 2 | 3 | 4
}

const strokes = { 1: 'text-chart-1', 2: 'text-chart-2', 3: 'text-chart-3', 4: 'text-chart-4' }

/** The shape of the last minutes in the size of a word. Draws nothing before there are two values. */
export function Sparkline({ values, max, label, className, color = 1 }: Props) {
  const top = Math.max(max ?? 0, ...values, 1e-9)
  const step = 100 / Math.max(1, values.length - 1)
  const points = values.map(
    (value, index) => `${(index * step).toFixed(2)},${(22 - (Math.max(0, value) / top) * 20).toFixed(2)}`,
  )
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox="0 0 100 24"
      preserveAspectRatio="none"
      className={cn('h-6 w-full', strokes[color], className)}
    >
      {points.length > 1 && (
        <>
          <polygon points={`0,24 ${points.join(' ')} 100,24`} fill="currentColor" opacity={0.14} />
          <polyline
            points={points.join(' ')}
            fill="none"
            stroke="currentColor"
            strokeWidth={1.5}
            strokeLinejoin="round"
            vectorEffect="non-scaling-stroke"
          />
        </>
      )}
    </svg>
  )
}
