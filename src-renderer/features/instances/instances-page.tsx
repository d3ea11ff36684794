import { useInfiniteQuery } from '@tanstack/react-query'
import { Plus, SearchX, Server } from 'lucide-react'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Instance, listInstances } from '#contract/instances'
import { Button } from '../../components/ui/button.tsx'
import { ButtonLink } from '../../components/ui/button-link.tsx'
import { Card } from '../../components/ui/card.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { PageHead } from '../../components/ui/page-head.tsx'
import { Skeleton, SkeletonRows } from '../../components/ui/skeleton.tsx'
import { useCan } from '../../lib/me.ts'
import { pagesFor } from '../../lib/query.ts'
import { present } from '../../lib/search.ts'
import { isOneOf, stored, useStored } from '../../lib/stored.ts'
import { phone, useMedia } from '../../lib/use-media.ts'
import { BulkBar } from './bulk-bar.tsx'
import { clearFilters, InstanceFilters, useFilters, type View, views } from './instance-filters.tsx'
import { InstanceGrid } from './instance-grid.tsx'
import { InstanceTable } from './instance-table.tsx'
import { RowActionsProvider } from './row-actions.tsx'

const listView = stored<View>('shardlyn.servers.view', 'cards', isOneOf(views))
const none: ReadonlySet<string> = new Set()
const noRows: Instance[] = []
/** Loaded without being asked for; what is beyond is asked for by a button. */
const LOADED_AT_ONCE = 2_000

export function InstancesPage() {
  const { t } = useTranslation()
  const { filters, filter, isFiltered } = useFilters()
  const [chosenView, setView] = useStored(listView)
  // A table of two columns is none.
  const view = useMedia(phone) ? 'cards' : chosenView
  const [selected, setSelected] = useState(none)
  const mayCreate = useCan('instances.create')
  const list = useInfiniteQuery(pagesFor(listInstances, { query: { ...present(filters), limit: 200 } }))
  const { data: instances = noRows, hasNextPage, isFetchingNextPage, fetchNextPage } = list

  // Sorting half of a list would be a lie, so the other half is loaded too.
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && instances.length < LOADED_AT_ONCE) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, instances.length, fetchNextPage])

  const chosen = useMemo(() => instances.filter(({ id }) => selected.has(id)), [instances, selected])
  const select = useCallback((id: string, isIn: boolean) => {
    setSelected((now) => new Set(isIn ? [...now, id] : [...now].filter((known) => known !== id)))
  }, [])
  const running = instances.filter(({ state }) => state === 'running').length

  return (
    <RowActionsProvider>
      <PageHead
        title={t('instances.title')}
        state={
          list.data &&
          instances.length > 0 && (
            <span className="tabular">{t('instances.count', { running, count: instances.length })}</span>
          )
        }
        actions={
          mayCreate && (
            <ButtonLink to="/templates" variant="primary">
              <Plus aria-hidden size={16} />
              {t('instances.deploy')}
            </ButtonLink>
          )
        }
      />
      {(isFiltered || instances.length > 0 || list.isPending) && (
        <InstanceFilters filters={filters} filter={filter} view={view} onView={setView} />
      )}
      {list.isPending ? (
        <ListSkeleton view={view} />
      ) : list.isError && !list.data ? (
        <Card>
          <ErrorState error={list.error} title={t('instances.failed')} onRetry={() => void list.refetch()} />
        </Card>
      ) : instances.length === 0 ? (
        <Card>
          {isFiltered ? (
            <EmptyState
              icon={SearchX}
              title={t('instances.noMatch')}
              action={<Button onClick={() => clearFilters(filter)}>{t('instances.clearFilters')}</Button>}
            >
              {t('instances.noMatchHelp')}
            </EmptyState>
          ) : (
            <EmptyState
              icon={Server}
              title={t('instances.empty')}
              action={
                mayCreate && (
                  <ButtonLink to="/templates" variant="primary">
                    {t('instances.emptyAction')}
                  </ButtonLink>
                )
              }
            >
              {t(mayCreate ? 'instances.emptyHelp' : 'instances.emptyForGuests')}
            </EmptyState>
          )}
        </Card>
      ) : view === 'table' ? (
        <Card className="overflow-clip">
          <InstanceTable instances={instances} selected={selected} onSelect={setSelected} />
        </Card>
      ) : (
        <InstanceGrid instances={instances} selected={selected} onSelect={select} />
      )}
      {hasNextPage && instances.length >= LOADED_AT_ONCE && (
        <Button className="mt-4 self-center" pending={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t('common.loadMore')}
        </Button>
      )}
      <BulkBar instances={chosen} onClear={() => setSelected(none)} />
    </RowActionsProvider>
  )
}

const gridStyle = 'grid grid-cols-[repeat(auto-fill,minmax(min(100%,20rem),1fr))] gap-3'

function ListSkeleton({ view }: { view: View }) {
  if (view === 'table') return <SkeletonRows rows={8} className="rounded-lg border border-border bg-surface pt-9" />
  return (
    <div aria-hidden className={gridStyle}>
      {Array.from({ length: 6 }, (_, at) => (
        <div key={at} className="flex h-49 flex-col gap-4 rounded-lg border border-border bg-surface p-4">
          <div className="flex gap-3">
            <Skeleton className="size-9 rounded-md" />
            <div className="flex-1">
              <Skeleton className="w-1/2" />
              <Skeleton className="mt-1.5 w-2/3" />
            </div>
          </div>
          <Skeleton className="w-1/3" />
          <Skeleton className="h-8 w-full" />
        </div>
      ))}
    </div>
  )
}
