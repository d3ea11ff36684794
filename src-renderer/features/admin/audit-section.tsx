import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Download, SearchX } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { exportAuditLogs, listAuditLogs } from '#contract/admin'
import { Button } from '../../components/ui/button.tsx'
import { Card } from '../../components/ui/card.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { Menu, MenuItem } from '../../components/ui/menu.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { toastError } from '../../components/ui/toast.tsx'
import { download } from '../../lib/api.ts'
import { useNow } from '../../lib/now.ts'
import { pagesFor } from '../../lib/query.ts'
import { present } from '../../lib/search.ts'
import { auditQuery, type AuditSearch } from '../organizations/audit-filter.ts'
import { AuditFilters } from '../organizations/audit-filters.tsx'
import { AuditRow } from '../organizations/audit-row.tsx'

const route = getRouteApi('/shell/admin')
const HOUR = 3_600_000

/** Who did what, when and from where, over the whole installation. */
export function AuditSection() {
  const { t } = useTranslation()
  const { actor, action, outcome, time } = route.useSearch()
  const navigate = route.useNavigate()
  const filter: AuditSearch = present({ actor, action, outcome, time })
  // To the whole hour, so that the same question stays the same question.
  const query = auditQuery(filter, Math.floor(useNow(60_000) / HOUR) * HOUR)
  const list = useInfiniteQuery(pagesFor(listAuditLogs, { query: { limit: 50, ...query } }))
  const change = (next: { [K in keyof AuditSearch]: AuditSearch[K] | undefined }) =>
    void navigate({ search: (now) => present({ ...now, ...next }), replace: true, resetScroll: false })
  const rows = list.data ?? []
  return (
    <>
      <div className="flex flex-wrap items-start justify-between gap-x-2">
        <AuditFilters value={filter} onChange={change} />
        <ExportMenu query={query} />
      </div>
      <Card className="overflow-clip">
        {list.isPending ? (
          <SkeletonRows rows={10} />
        ) : list.isError && !list.data ? (
          <ErrorState error={list.error} title={t('admin.failed')} onRetry={() => void list.refetch()} />
        ) : rows.length === 0 ? (
          <EmptyState icon={SearchX} title={t('admin.audit.none')}>
            {t('common.noMatchHelp')}
          </EmptyState>
        ) : (
          <ol aria-label={t('admin.sections.audit')} className={list.isPlaceholderData ? 'opacity-60' : ''}>
            {rows.map((entry) => (
              <AuditRow key={entry.id} entry={entry} />
            ))}
          </ol>
        )}
      </Card>
      {list.hasNextPage && (
        <div className="mt-4 flex justify-center">
          <Button pending={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t('common.loadMore')}
          </Button>
        </div>
      )}
    </>
  )
}

function ExportMenu({ query }: { query: ReturnType<typeof auditQuery> }) {
  const { t } = useTranslation()
  const save = (format: 'csv' | 'ndjson') =>
    void download(
      exportAuditLogs,
      { query: { ...query, format } },
      `audit-${new Date().toISOString().slice(0, 10)}.${format}`,
    ).catch((error: unknown) => toastError(t('admin.audit.exportFailed'), error))
  return (
    <Menu
      trigger={
        <Button className="mb-3">
          <Download aria-hidden size={16} />
          {t('admin.audit.export')}
        </Button>
      }
    >
      <MenuItem onClick={() => save('csv')}>{t('admin.audit.csv')}</MenuItem>
      <MenuItem onClick={() => save('ndjson')}>{t('admin.audit.ndjson')}</MenuItem>
    </Menu>
  )
}
