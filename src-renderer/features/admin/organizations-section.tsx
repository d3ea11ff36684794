import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Building2 } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type AdminOrganization, listAdminOrganizations } from '#contract/admin'
import { RelativeTime } from '../../components/relative-time.tsx'
import { SearchField } from '../../components/search-field.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Card } from '../../components/ui/card.tsx'
import type { Column } from '../../components/ui/column.ts'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { Table } from '../../components/ui/table.tsx'
import { formatNumber } from '../../lib/format.ts'
import { pagesFor } from '../../lib/query.ts'
import { present } from '../../lib/search.ts'
import { OrganizationDialog } from './organization-dialog.tsx'

const route = getRouteApi('/shell/admin')
const keyOf = ({ id }: AdminOrganization) => id
const counted = ['members', 'nodes', 'workloads', 'instances'] as const

/** Every organization on this installation, with what it holds. */
export function OrganizationsSection() {
  const { t } = useTranslation()
  const { search = '' } = route.useSearch()
  const navigate = route.useNavigate()
  const [shown, show] = useState<AdminOrganization>()
  const list = useInfiniteQuery(pagesFor(listAdminOrganizations, { query: present({ search, limit: 100 }) }))
  const columns = useMemo(
    (): Column<AdminOrganization>[] => [
      {
        id: 'name',
        header: t('admin.organizations.name'),
        sortBy: ({ name }) => name,
        cell: ({ name, slug }) => (
          <span className="flex min-w-0 items-baseline gap-2">
            <span className="truncate font-medium">{name}</span>
            <span className="truncate font-mono text-sm text-muted">{slug}</span>
          </span>
        ),
      },
      {
        id: 'owner',
        header: t('admin.organizations.owner'),
        from: 'md',
        sortBy: ({ owner_email: owner }) => owner,
        cell: ({ owner_email: owner }) => <span className="text-muted">{owner ?? '–'}</span>,
      },
      ...counted.map((name): Column<AdminOrganization> => ({
        id: name,
        header: t(`admin.organizations.${name}`),
        width: 'w-24',
        align: 'right',
        from: name === 'members' ? 'sm' : 'lg',
        sortBy: (row) => row[name],
        cell: (row) => <span className="tabular text-muted">{formatNumber(row[name])}</span>,
      })),
      {
        id: 'created',
        header: t('admin.organizations.created'),
        width: 'w-32',
        from: 'lg',
        sortBy: ({ created_at: at }) => at,
        cell: ({ created_at: at }) => <RelativeTime at={at} className="text-muted" />,
      },
    ],
    [t],
  )
  const rows = list.data ?? []
  return (
    <>
      <SearchField
        className="mb-4"
        label={t('admin.organizations.search')}
        value={search}
        onValueChange={(next) =>
          void navigate({
            search: (now) => present({ ...now, search: next || undefined }),
            replace: true,
            resetScroll: false,
          })
        }
      />
      <Card className="overflow-clip">
        {list.isPending ? (
          <SkeletonRows rows={6} />
        ) : list.isError ? (
          <ErrorState error={list.error} title={t('admin.failed')} onRetry={() => void list.refetch()} />
        ) : rows.length === 0 ? (
          <EmptyState icon={Building2} title={t('common.noMatch', { search })}>
            {t('common.noMatchHelp')}
          </EmptyState>
        ) : (
          <Table
            name="admin-organizations"
            label={t('admin.sections.organizations')}
            rows={rows}
            columns={columns}
            rowKey={keyOf}
            onOpen={show}
          />
        )}
      </Card>
      {list.hasNextPage && (
        <div className="mt-4 flex justify-center">
          <Button pending={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t('common.loadMore')}
          </Button>
        </div>
      )}
      <OrganizationDialog organization={shown} onClose={() => show(undefined)} />
    </>
  )
}
