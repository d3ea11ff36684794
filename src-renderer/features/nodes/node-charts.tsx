import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { TFunction } from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { type FleetNode, getNodeMetricsHistory } from '#contract/nodes'
import { Card } from '../../components/ui/card.tsx'
import { Chart, type ChartProps, ChartSkeleton } from '../../components/ui/chart.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { withRecent } from '../../lib/history.ts'
import { useNow } from '../../lib/now.ts'
import { queryFor } from '../../lib/query.ts'
import { useRecent } from '../../lib/recent.ts'
import { historyQuery, isLive, type TimeRange } from '../../lib/time-range.ts'

type Props = { node: FleetNode; time: TimeRange; onTime: (time: TimeRange) => void }

const REFRESH_MS = 60_000

/** What the machine used over time: one cursor through all, live at the right end while the range reaches to now. */
export function NodeCharts({ node, time, onTime }: Props) {
  const { t } = useTranslation()
  const live = isLive(time)
  const recent = useRecent(node.id)
  const now = useNow(5_000) / 1000
  const history = useQuery({
    ...queryFor(getNodeMetricsHistory, { params: { id: node.id }, query: historyQuery(time) }),
    placeholderData: keepPreviousData,
    ...(live && { refetchInterval: REFRESH_MS }),
  })
  const data = useMemo(() => {
    if (!history.data) return undefined
    if (live) return withRecent(history.data, recent, now)
    const { at, series, from, to } = history.data
    return { at, series, from: Date.parse(from) / 1000, to: Date.parse(to) / 1000 }
  }, [history.data, recent, now, live])

  if (history.isError && !data) {
    return (
      <Card>
        <ErrorState error={history.error} title={t('nodes.chart.failed')} onRetry={() => void history.refetch()} />
      </Card>
    )
  }
  const charts = data && chartsOf(node, data, t)
  return (
    <div className="grid gap-3 md:grid-cols-2">
      {Array.from({ length: 5 }, (_, index) => {
        const chart = charts?.[index]
        return (
          <Card key={chart?.title ?? index} className={index === 0 ? 'px-4 pt-3 pb-2 md:col-span-2' : 'px-4 pt-3 pb-2'}>
            {chart && data ? (
              <Chart
                {...chart}
                at={data.at}
                from={data.from}
                to={data.to}
                syncKey={`node.${node.id}`}
                onZoom={(start, end) =>
                  onTime({
                    ...(time.range && { range: time.range }),
                    from: new Date(start * 1000).toISOString(),
                    to: new Date(end * 1000).toISOString(),
                  })
                }
              />
            ) : (
              <ChartSkeleton />
            )}
          </Card>
        )
      })}
    </div>
  )
}

type Data = { series: Record<string, readonly (number | null)[]> }

function chartsOf(
  node: FleetNode,
  { series }: Data,
  t: TFunction,
): Pick<ChartProps, 'title' | 'unit' | 'max' | 'series'>[] {
  const column = (name: string) => series[name] ?? []
  return [
    {
      title: t('nodes.chart.cpu'),
      unit: 'percent',
      max: 100,
      series: [{ label: t('nodes.chart.cpu'), values: column('cpu_percent'), color: 1 }],
    },
    {
      title: t('nodes.chart.memory'),
      unit: 'bytes',
      ...(node.memory_total_bytes !== null && { max: node.memory_total_bytes }),
      series: [{ label: t('nodes.chart.used'), values: column('memory_bytes'), color: 4 }],
    },
    {
      title: t('nodes.chart.network'),
      unit: 'bytes_per_second',
      series: [
        { label: t('nodes.chart.in'), values: column('network_in_bytes_per_second'), color: 2 },
        { label: t('nodes.chart.out'), values: column('network_out_bytes_per_second'), color: 3 },
      ],
    },
    {
      title: t('nodes.chart.disk'),
      unit: 'bytes',
      ...(node.disk_total_bytes !== null && { max: node.disk_total_bytes }),
      series: [{ label: t('nodes.chart.used'), values: column('disk_bytes'), color: 3 }],
    },
    {
      title: t('nodes.chart.load'),
      unit: 'number',
      series: [{ label: t('nodes.chart.load1m'), values: column('load_1m'), color: 2 }],
    },
  ]
}
