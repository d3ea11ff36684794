import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { ArrowRight, Truck, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { listMigrations, type Migration } from '#contract/migrations'
import { RelativeTime } from '../../components/relative-time.tsx'
import { Button } from '../../components/ui/button.tsx'
import { ButtonLink } from '../../components/ui/button-link.tsx'
import { Card } from '../../components/ui/card.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { PageHead } from '../../components/ui/page-head.tsx'
import { Segmented } from '../../components/ui/segmented.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { useCan } from '../../lib/me.ts'
import { pagesFor } from '../../lib/query.ts'
import { present } from '../../lib/search.ts'
import { CancelMove } from './cancel-move.tsx'
import { isUnderWay, MigrationProgress } from './migration-state.tsx'

const route = getRouteApi('/shell/moves')
const filters = ['all', 'running', 'done', 'failed', 'cancelled'] as const

/** Servers that move, and those that did. */
export function MigrationsPage() {
  const { t } = useTranslation()
  const navigate = route.useNavigate()
  const { state, node_id: nodeId, instance_id: instanceId } = route.useSearch()
  const list = useInfiniteQuery({
    ...pagesFor(listMigrations, {
      query: present({ limit: 50, state, node_id: nodeId, instance_id: instanceId }),
    }),
    refetchInterval: ({ state: { data } }) => (data?.pages.some(({ items }) => items.some(isUnderWay)) ? 1_500 : false),
  })
  const isFiltered = state !== undefined || nodeId !== undefined || instanceId !== undefined
  const showAll = () => void navigate({ search: {}, replace: true })
  const rows = list.data ?? []
  const moving = rows.filter(isUnderWay).length
  return (
    <>
      <PageHead title={t('migrations.title')} state={moving > 0 && t('migrations.lead', { count: moving })} />
      <div className="flex flex-wrap items-center gap-2 pb-3">
        <div className="-mx-1 max-w-[calc(100%+0.5rem)] overflow-x-auto px-1 py-0.5">
          <Segmented
            label={t('migrations.filter')}
            value={state ?? 'all'}
            onValueChange={(next) =>
              void navigate({
                search: (now) => present({ ...now, state: next === 'all' ? undefined : next }) as never,
                replace: true,
              })
            }
            options={filters.map((value) => ({ value, label: t(`migrations.filters.${value}`) }))}
          />
        </div>
        {(nodeId !== undefined || instanceId !== undefined) && (
          <Button size="sm" onClick={showAll}>
            <X aria-hidden size={14} />
            {t(nodeId === undefined ? 'migrations.onlyServer' : 'migrations.onlyMachine')}
          </Button>
        )}
      </div>
      <Card className="overflow-clip">
        {list.isPending ? (
          <SkeletonRows rows={4} />
        ) : list.isError ? (
          <ErrorState error={list.error} title={t('migrations.failed')} onRetry={() => void list.refetch()} />
        ) : rows.length === 0 ? (
          <EmptyState
            icon={Truck}
            title={t(isFiltered ? 'migrations.noneFiltered' : 'migrations.none')}
            action={
              isFiltered ? (
                <Button onClick={showAll}>{t('migrations.showAll')}</Button>
              ) : (
                <ButtonLink to="/servers">{t('migrations.toServers')}</ButtonLink>
              )
            }
          >
            {!isFiltered && t('migrations.noneHelp')}
          </EmptyState>
        ) : (
          <ul>
            {rows.map((migration) => (
              <Row key={migration.id} migration={migration} />
            ))}
          </ul>
        )}
      </Card>
      {list.hasNextPage && (
        <div className="flex justify-center pt-3">
          <Button pending={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t('common.loadMore')}
          </Button>
        </div>
      )}
    </>
  )
}

function Row({ migration }: { migration: Migration }) {
  const { t } = useTranslation()
  const mayCancel = useCan('nodes.drain') && migration.is_cancellable && isUnderWay(migration)
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-6 border-b border-border px-4 py-2 last:border-b-0 md:grid-cols-[minmax(0,5fr)_minmax(0,6fr)_6rem_5rem]">
      <div className="min-w-0">
        <Link
          to="/servers/$instanceId"
          params={{ instanceId: migration.instance_id }}
          className="block truncate rounded-sm font-medium hover:underline"
        >
          {migration.instance_name}
        </Link>
        <span className="flex min-w-0 items-center gap-1.5 text-sm text-muted">
          <span className="truncate">{migration.source_node_name}</span>
          <ArrowRight aria-hidden size={14} className="shrink-0" />
          <span className="sr-only">{t('migrations.drain.to')}</span>
          <span className="truncate">{migration.target_node_name}</span>
        </span>
      </div>
      <div className="min-w-0 max-md:order-1 max-md:col-span-2">
        <MigrationProgress migration={migration} />
      </div>
      <RelativeTime at={migration.created_at} style="narrow" className="text-sm text-muted max-md:self-start" />
      <span className="justify-self-end max-md:order-2 max-md:col-span-2">
        {mayCancel && <CancelMove migration={migration} />}
      </span>
    </li>
  )
}
