import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Workload } from '#contract/workloads'

/** What it runs, in a line: the image, or the program. */
export const whatRuns = ({ image, document: { spec } }: Workload): string => image ?? (spec.command ?? []).join(' ')

/** How many servers are made from it, as the way to them. */
export function ServerCount({ workload: { id, instance_count: count } }: { workload: Workload }) {
  const { t } = useTranslation()
  if (count === 0) return <span className="text-muted">{t('workloads.noServers')}</span>
  return (
    <Link to="/servers" search={{ workload_id: id }} className="relative z-10 rounded-sm text-accent hover:underline">
      {t('workloads.servers', { count })}
    </Link>
  )
}
