import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { History, SearchX } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { listOrganizationAuditLogs } from '#contract/audit'
import { Button } from '../../components/ui/button.tsx'
import { Card } from '../../components/ui/card.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { useNow } from '../../lib/now.ts'
import { pagesFor } from '../../lib/query.ts'
import { present } from '../../lib/search.ts'
import { auditQuery, type AuditSearch, isFiltered } from './audit-filter.ts'
import { AuditFilters } from './audit-filters.tsx'
import { AuditRow } from './audit-row.tsx'

const route = getRouteApi('/shell/organization')
const MINUTE = 60_000
const none = { actor: undefined, action: undefined, outcome: undefined, time: undefined }

/** Who did what, newest first. The filters are in the address, so that what was found can be sent on. */
export function AuditTab({ orgId }: { orgId: string }) {
  const { t } = useTranslation()
  const navigate = route.useNavigate()
  const { actor, action, outcome, time } = route.useSearch()
  const filter: AuditSearch = present({ actor, action, outcome, time })
  // To the whole hour, so that the same question stays the same question.
  const hour = Math.floor(useNow(MINUTE) / (60 * MINUTE)) * 60 * MINUTE
  const list = useInfiniteQuery(
    pagesFor(listOrganizationAuditLogs, { params: { orgId }, query: { limit: 50, ...auditQuery(filter, hour) } }),
  )
  const change = (next: { [K in keyof AuditSearch]: AuditSearch[K] | undefined }) =>
    void navigate({ search: (now) => present({ ...now, ...next }), replace: true, resetScroll: false })
  const entries = list.data ?? []
  return (
    <>
      <AuditFilters value={filter} onChange={change} />
      <Card className="overflow-clip">
        {list.isPending ? (
          <SkeletonRows rows={8} />
        ) : list.isError && !list.data ? (
          <ErrorState error={list.error} title={t('organizations.audit.failed')} onRetry={() => void list.refetch()} />
        ) : entries.length > 0 ? (
          <ol aria-label={t('organizations.audit.list')} className={list.isPlaceholderData ? 'opacity-60' : ''}>
            {entries.map((entry) => (
              <AuditRow key={entry.id} entry={entry} />
            ))}
          </ol>
        ) : isFiltered(filter) ? (
          <EmptyState
            icon={SearchX}
            title={t('organizations.audit.noMatch')}
            action={<Button onClick={() => change(none)}>{t('organizations.audit.clear')}</Button>}
          >
            {t('organizations.audit.noMatchHelp')}
          </EmptyState>
        ) : (
          <EmptyState icon={History} title={t('organizations.audit.empty')}>
            {t('organizations.audit.emptyHelp')}
          </EmptyState>
        )}
      </Card>
      {list.hasNextPage ? (
        <div className="flex justify-center pt-3">
          <Button pending={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t('common.loadMore')}
          </Button>
        </div>
      ) : (
        entries.length > 50 && <p className="pt-3 text-center text-sm text-muted">{t('organizations.audit.end')}</p>
      )}
    </>
  )
}
