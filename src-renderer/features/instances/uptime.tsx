import { useTranslation } from 'react-i18next'
import type { Instance } from '#contract/instances'
import { formatDateTime, formatDuration } from '../../lib/format.ts'
import { useNow } from '../../lib/now.ts'

/** For how long it runs, counted here; the exact start on hover. */
export function Uptime({
  instance: { state, started_at: at },
  isBare = false,
}: {
  instance: Pick<Instance, 'state' | 'started_at'>
  isBare?: boolean
}) {
  const { t } = useTranslation()
  const now = useNow(1000)
  if (at === null || (state !== 'running' && state !== 'stopping')) return null
  const duration = formatDuration((now - Date.parse(at)) / 1000)
  return (
    <time dateTime={at} title={formatDateTime(at)} className="tabular">
      {isBare ? duration : t('instances.uptime', { duration })}
    </time>
  )
}
