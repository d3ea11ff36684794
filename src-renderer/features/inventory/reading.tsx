import { type UseQueryResult } from '@tanstack/react-query'
import { WifiOff } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { FleetNode } from '#contract/nodes'
import { Card } from '../../components/ui/card.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { formatDateTime, formatTimeExact } from '../../lib/format.ts'
import { isAway } from '../../lib/away.ts'

/** How often what changes by itself is read anew while somebody looks. */
export const LIVE_MS = 4000
export const SLOW_MS = 30_000

type Props<T> = {
  node: FleetNode
  query: UseQueryResult<T>
  children: (told: T) => ReactNode
}

/** What a machine told, or why it told nothing. What was read before stays while it is away, with its time. */
export function Reading<T extends { at: string }>({ node, query, children }: Props<T>) {
  const { t } = useTranslation()
  if (query.data) return children(query.data)
  if (isAway(node)) {
    return (
      <Card>
        <EmptyState icon={WifiOff} title={t('inventory.away', { name: node.name })}>
          {t('inventory.awayHelp')}
        </EmptyState>
      </Card>
    )
  }
  if (query.isPending) {
    return (
      <div aria-busy aria-label={t('common.loading')}>
        <Card>
          <SkeletonRows rows={8} />
        </Card>
      </div>
    )
  }
  return (
    <Card>
      <ErrorState error={query.error} title={t('inventory.failed')} onRetry={() => void query.refetch()} />
    </Card>
  )
}

/** When it was read, by the machine's clock; says so when it is no longer read anew. */
export function ReadAt({ at, isStale }: { at: string; isStale: boolean }) {
  const { t } = useTranslation()
  return (
    <time dateTime={at} title={formatDateTime(at)} className="text-sm whitespace-nowrap text-muted tabular">
      {t(isStale ? 'inventory.lastReadAt' : 'inventory.readAt', { time: formatTimeExact(at) })}
    </time>
  )
}
