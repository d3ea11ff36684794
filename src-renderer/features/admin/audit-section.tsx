import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Download, ScrollText } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { exportAuditLogs, listAuditLogs } from '#contract/admin'
import { AuditRows } from '../../components/audit-rows.tsx'
import { SearchField } from '../../components/search-field.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Card } from '../../components/ui/card.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { Input } from '../../components/ui/input.tsx'
import { Menu, MenuItem } from '../../components/ui/menu.tsx'
import { Select } from '../../components/ui/select.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { toastError } from '../../components/ui/toast.tsx'
import { download } from '../../lib/api.ts'
import { pagesFor } from '../../lib/query.ts'
import { present } from '../../lib/search.ts'

const route = getRouteApi('/shell/admin')
const outcomes = ['done', 'refused', 'failed'] as const
/** A day as typed becomes the moment at which it begins here. */
const startOf = (day: string | undefined, plusDays = 0) => {
  const at = day ? new Date(`${day}T00:00:00`) : undefined
  if (!at || Number.isNaN(at.getTime())) return undefined
  at.setDate(at.getDate() + plusDays)
  return at.toISOString()
}

/** Who did what, when and from where, over the whole installation. */
export function AuditSection() {
  const { t } = useTranslation()
  const { search = '', outcome, action, since, until } = route.useSearch()
  const navigate = route.useNavigate()
  const filter = present({
    actor: search,
    outcome,
    action: action && /^[a-z_]+(\.[a-z_]+)?$/.test(action) ? action : undefined,
    since: startOf(since),
    until: startOf(until, 1),
  })
  const list = useInfiniteQuery(pagesFor(listAuditLogs, { query: { ...filter, limit: 50 } }))
  const change = (next: object) =>
    void navigate({ search: (now) => present({ ...now, ...next }), replace: true, resetScroll: false })
  const save = (format: 'csv' | 'ndjson') =>
    void download(
      exportAuditLogs,
      { query: { ...filter, format } },
      `audit-${new Date().toISOString().slice(0, 10)}.${format}`,
    ).catch((error: unknown) => toastError(t('admin.audit.exportFailed'), error))
  const rows = list.data ?? []
  return (
    <>
      <div className="mb-4 flex flex-wrap items-center gap-2">
        <SearchField
          label={t('admin.audit.actor')}
          value={search}
          onValueChange={(next) => change({ search: next || undefined })}
          className="sm:w-56"
        />
        <SearchField
          label={t('admin.audit.action')}
          value={action ?? ''}
          onValueChange={(next) => change({ action: next || undefined })}
          className="sm:w-48"
        />
        <Select
          label={t('admin.audit.outcome')}
          className="w-auto min-w-32"
          value={outcome ?? 'any'}
          onValueChange={(next) => change({ outcome: next === 'any' ? undefined : next })}
          options={[
            { value: 'any' as const, label: t('admin.audit.anyOutcome') },
            ...outcomes.map((value) => ({ value, label: t(`audit.outcome.${value}`) })),
          ]}
        />
        <label className="flex items-center gap-2 text-muted">
          {t('admin.audit.since')}
          <Input
            type="date"
            className="w-36"
            value={since ?? ''}
            onValueChange={(next) => change({ since: next || undefined })}
          />
        </label>
        <label className="flex items-center gap-2 text-muted">
          {t('admin.audit.until')}
          <Input
            type="date"
            className="w-36"
            value={until ?? ''}
            onValueChange={(next) => change({ until: next || undefined })}
          />
        </label>
        <div className="ml-auto">
          <Menu
            trigger={
              <Button>
                <Download aria-hidden size={16} />
                {t('admin.audit.export')}
              </Button>
            }
          >
            <MenuItem onClick={() => save('csv')}>{t('admin.audit.csv')}</MenuItem>
            <MenuItem onClick={() => save('ndjson')}>{t('admin.audit.ndjson')}</MenuItem>
          </Menu>
        </div>
      </div>
      <Card className="overflow-clip">
        {list.isPending ? (
          <SkeletonRows rows={10} />
        ) : list.isError ? (
          <ErrorState error={list.error} title={t('admin.failed')} onRetry={() => void list.refetch()} />
        ) : rows.length === 0 ? (
          <EmptyState icon={ScrollText} title={t('admin.audit.none')}>
            {t('common.noMatchHelp')}
          </EmptyState>
        ) : (
          <AuditRows rows={rows} />
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
