import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { Monitor, Plus, SearchX } from 'lucide-react'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { type FleetNode, listNodes } from '#contract/nodes'
import { SearchField } from '../../components/search-field.tsx'
import { Button } from '../../components/ui/button.tsx'
import { ButtonLink } from '../../components/ui/button-link.tsx'
import { Card } from '../../components/ui/card.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { PageHead } from '../../components/ui/page-head.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { useCan } from '../../lib/me.ts'
import { pagesFor } from '../../lib/query.ts'
import { UpdateAgents } from './agent-update.tsx'
import { NodeTable } from './node-table.tsx'

const route = getRouteApi('/shell/machines')

export function NodesPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { search = '', state } = route.useSearch()
  const list = useInfiniteQuery(
    pagesFor(listNodes, { query: { limit: 200, ...(search && { search }), ...(state && { state }) } }),
  )
  const setSearch = useCallback(
    (text: string) =>
      void navigate({
        to: '/machines',
        search: (before) => ({ ...before, search: text || undefined }) as never,
        replace: true,
      }),
    [navigate],
  )
  const canAdd = useCan('nodes.create')
  const healthy = list.data?.filter((node) => node.state === 'healthy').length ?? 0
  const isFiltered = search !== '' || state !== undefined

  return (
    <>
      <PageHead
        title={t('nodes.title')}
        state={
          list.data &&
          (isFiltered
            ? t('nodes.count', { count: list.data.length })
            : t('nodes.healthyOf', { healthy, count: list.data.length }))
        }
        actions={canAdd && <AddMachine />}
      />
      <div className="pb-3">
        <SearchField label={t('nodes.search')} value={search} onValueChange={setSearch} />
      </div>
      <UpdateAgents nodes={list.data ?? []} />
      <Card className="overflow-clip">
        {list.isPending ? (
          <SkeletonRows rows={4} className="pt-9" />
        ) : list.isError && !list.data ? (
          <ErrorState error={list.error} title={t('nodes.failed')} onRetry={() => void list.refetch()} />
        ) : list.data.length === 0 ? (
          <Empty
            search={isFiltered ? search : undefined}
            canAdd={canAdd}
            onClear={() => void navigate({ to: '/machines', search: {} })}
          />
        ) : (
          <NodeTable
            nodes={list.data}
            onOpen={(node: FleetNode) => void navigate({ to: '/machines/$nodeId', params: { nodeId: node.id } })}
          />
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

function AddMachine() {
  const { t } = useTranslation()
  return (
    <ButtonLink variant="primary" to="/machines/add">
      <Plus aria-hidden size={16} />
      {t('nodes.add')}
    </ButtonLink>
  )
}

type EmptyProps = { search: string | undefined; canAdd: boolean; onClear: () => void }

function Empty({ search, canAdd, onClear }: EmptyProps) {
  const { t } = useTranslation()
  if (search === undefined) {
    return (
      <EmptyState icon={Monitor} title={t('nodes.emptyTitle')} action={canAdd && <AddMachine />}>
        {t('nodes.empty')}
      </EmptyState>
    )
  }
  return (
    <EmptyState
      icon={SearchX}
      title={t('common.noMatch', { search })}
      action={<Button onClick={onClear}>{t('common.clearSearch')}</Button>}
    >
      {t('common.noMatchHelp')}
    </EmptyState>
  )
}
