import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { listActivity } from '#contract/activity'
import { getInstanceMetricsHistory, type Instance } from '#contract/instances'
import { TimeRangePicker } from '../../components/time-range-picker.tsx'
import { Card } from '../../components/ui/card.tsx'
import { Chart, type ChartProps, ChartSkeleton } from '../../components/ui/chart.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { withRecent } from '../../lib/history.ts'
import { useNow } from '../../lib/now.ts'
import { queryFor } from '../../lib/query.ts'
import { useRecent } from '../../lib/recent.ts'
import { historyQuery, isLive, type TimeRange } from '../../lib/time-range.ts'
import { marksOf } from './marks.ts'
import { UsageNow } from './usage-now.tsx'

const route = getRouteApi('/shell/servers/$instanceId')
const REFRESH_MS = 60_000

/** What a server used over time: one cursor through all charts, with its starts and crashes as marks. */
export function MetricsTab({ instance }: { instance: Instance }) {
  const { t } = useTranslation()
  const navigate = route.useNavigate()
  const { range, from, to } = route.useSearch()
  const time = useMemo(
    (): TimeRange => ({ ...(range && { range }), ...(from && to && { from, to }) }),
    [range, from, to],
  )
  const setTime = (next: TimeRange) =>
    void navigate({ search: { tab: 'metrics', ...next }, replace: true, resetScroll: false })
  const live = isLive(time)
  const recent = useRecent(instance.id)
  const now = useNow(5_000) / 1000
  const history = useQuery({
    ...queryFor(getInstanceMetricsHistory, { params: { id: instance.id }, query: historyQuery(time) }),
    placeholderData: keepPreviousData,
    ...(live && { refetchInterval: REFRESH_MS }),
  })
  const activity = useQuery(queryFor(listActivity, { query: { subject_id: instance.id, limit: 200 } })).data
  const marks = useMemo(() => marksOf(activity?.items ?? [], t), [activity, t])
  const data = useMemo(() => {
    if (!history.data) return undefined
    if (live) return withRecent(history.data, recent, now)
    const { at, series, from: start, to: end } = history.data
    return { at, series, from: Date.parse(start) / 1000, to: Date.parse(end) / 1000 }
  }, [history.data, recent, now, live])

  const charts: Pick<ChartProps, 'title' | 'unit' | 'max' | 'series'>[] = data
    ? [
        {
          title: t('instances.metrics.cpu'),
          unit: 'percent',
          ...(instance.limits.cpu !== null && { max: instance.limits.cpu * 100 }),
          series: [{ label: t('instances.metrics.cpu'), values: data.series.cpu_percent, color: 1 }],
        },
        {
          title: t('instances.metrics.memory'),
          unit: 'bytes',
          ...(instance.limits.memory_bytes !== null && { max: instance.limits.memory_bytes }),
          series: [{ label: t('instances.metrics.memory'), values: data.series.memory_bytes, color: 4 }],
        },
        {
          title: t('instances.metrics.network'),
          unit: 'bytes_per_second',
          series: [
            { label: t('instances.metrics.received'), values: data.series.network_in_bytes_per_second, color: 2 },
            { label: t('instances.metrics.sent'), values: data.series.network_out_bytes_per_second, color: 3 },
          ],
        },
      ]
    : []

  return (
    <div className="flex flex-col gap-4">
      <UsageNow instance={instance} />
      <div className="flex justify-end">
        <TimeRangePicker value={time} onChange={setTime} />
      </div>
      {history.isError && !data ? (
        <Card>
          <ErrorState
            error={history.error}
            title={t('instances.metrics.failed')}
            onRetry={() => void history.refetch()}
          />
        </Card>
      ) : (
        <div className="grid gap-3 md:grid-cols-2">
          {Array.from({ length: 3 }, (_, index) => {
            const chart = charts[index]
            return (
              <Card key={chart?.title ?? index} className="px-4 pt-3 pb-2 md:last:col-span-2">
                {chart && data ? (
                  <Chart
                    {...chart}
                    at={data.at}
                    from={data.from}
                    to={data.to}
                    marks={marks}
                    syncKey={`instance.${instance.id}`}
                    onZoom={(start, end) =>
                      setTime({
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
      )}
    </div>
  )
}
