import { lazy, Suspense } from 'react'
import type { ChartProps } from './chart-canvas.tsx'
import { Skeleton } from './skeleton.tsx'

export type { ChartProps, ChartSeries } from './chart-canvas.tsx'

const ChartCanvas = lazy(async () => ({ default: (await import('./chart-canvas.tsx')).ChartCanvas }))

/** A chart over time. The drawing code is loaded when the first one is shown; its place has the right size before. */
export function Chart(props: ChartProps) {
  const height = props.height ?? 160
  return (
    <Suspense fallback={<ChartSkeleton height={height} />}>
      <ChartCanvas {...props} />
    </Suspense>
  )
}

/** As tall as a chart with its legend. */
export function ChartSkeleton({ height = 160 }: { height?: number }) {
  return (
    <div style={{ height: height + 28 }} className="flex flex-col gap-3">
      <Skeleton className="w-24" />
      <Skeleton className="h-auto flex-1" />
    </div>
  )
}
