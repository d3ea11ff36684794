import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Instance } from '#contract/instances'
import { Card } from '../../components/ui/card.tsx'
import { formatBytes, formatNumber, formatPercent, formatRate } from '../../lib/format.ts'
import { Uptime } from './uptime.tsx'

/** What it uses at this moment, in numbers. */
export function UsageNow({ instance }: { instance: Instance }) {
  const { t } = useTranslation()
  const { usage, limits } = instance
  if (!usage) return <p className="text-muted">{t('instances.metrics.stopped')}</p>
  const limit = usage.memory_limit_bytes ?? limits.memory_bytes
  const facts: { name: string; value: ReactNode; note?: string | undefined }[] = [
    {
      name: t('instances.metrics.cpu'),
      value: formatPercent(usage.cpu_percent),
      note: limits.cpu === null ? undefined : t('instances.metrics.limit', { value: formatPercent(limits.cpu * 100) }),
    },
    {
      name: t('instances.metrics.memory'),
      value: formatBytes(usage.memory_bytes),
      note: limit === null ? undefined : t('instances.metrics.limit', { value: formatBytes(limit) }),
    },
    {
      name: t('instances.metrics.received'),
      value: usage.network_in_bytes_per_second === null ? null : formatRate(usage.network_in_bytes_per_second),
    },
    {
      name: t('instances.metrics.sent'),
      value: usage.network_out_bytes_per_second === null ? null : formatRate(usage.network_out_bytes_per_second),
    },
    { name: t('instances.metrics.disk'), value: usage.disk_bytes === null ? null : formatBytes(usage.disk_bytes) },
    { name: t('instances.metrics.pids'), value: usage.pids === null ? null : formatNumber(usage.pids) },
    { name: t('instances.columns.uptime'), value: <Uptime instance={instance} isBare /> },
  ]
  return (
    <Card>
      <dl className="flex flex-wrap gap-x-8 gap-y-3 px-4 py-3">
        {facts
          .filter(({ value }) => value !== null)
          .map(({ name, value, note }) => (
            <div key={name}>
              <dt className="text-sm text-muted">{name}</dt>
              <dd className="text-lg font-semibold tabular">{value}</dd>
              {note && <dd className="text-sm text-muted tabular">{note}</dd>}
            </div>
          ))}
      </dl>
    </Card>
  )
}
