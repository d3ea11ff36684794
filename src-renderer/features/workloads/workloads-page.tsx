import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { FileUp, Layers, LayoutGrid, List, Plus } from 'lucide-react'
import { type DragEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { listWorkloads } from '#contract/workloads'
import { SearchField } from '../../components/search-field.tsx'
import { Button } from '../../components/ui/button.tsx'
import { ButtonLink } from '../../components/ui/button-link.tsx'
import { Card } from '../../components/ui/card.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { Menu, MenuItem } from '../../components/ui/menu.tsx'
import { PageHead } from '../../components/ui/page-head.tsx'
import { Segmented } from '../../components/ui/segmented.tsx'
import { Select } from '../../components/ui/select.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { useCan } from '../../lib/me.ts'
import { pagesFor } from '../../lib/query.ts'
import { present } from '../../lib/search.ts'
import { isOneOf, stored, useStored } from '../../lib/stored.ts'
import { phone, useMedia } from '../../lib/use-media.ts'
import { SectionLinks } from '../templates/section-links.tsx'
import { useImport } from './use-import.ts'
import { WorkloadCards } from './workload-cards.tsx'
import { WorkloadTable } from './workload-table.tsx'

const route = getRouteApi('/shell/workloads')
const views = ['cards', 'table'] as const
const listView = stored<(typeof views)[number]>('shardlyn.workloads.view', 'cards', isOneOf(views))
const files = '.yaml,.yml,.json,application/yaml,application/json'

export function WorkloadsPage() {
  const { t } = useTranslation()
  const { search = '', runtime } = route.useSearch()
  const navigate = route.useNavigate()
  const [chosenView, setView] = useStored(listView)
  // A table of two columns is none.
  const view = useMedia(phone) ? 'cards' : chosenView
  const importFiles = useImport()
  const mayCreate = useCan('workloads.create')
  const drop = useDrop(mayCreate, (dropped) => void importFiles(dropped))
  const list = useInfiniteQuery(pagesFor(listWorkloads, { query: present({ search, runtime, limit: 100 }) }))

  const workloads = list.data ?? []
  const isFiltered = search !== '' || runtime !== undefined
  const filter = (next: { search?: string | undefined; runtime?: typeof runtime | undefined }) =>
    void navigate({ search: (now) => present({ ...now, ...next }), replace: true, resetScroll: false })

  return (
    <div {...drop.handlers} className="relative flex flex-1 flex-col">
      <PageHead
        title={t('templates.title')}
        state={t('workloads.about')}
        actions={mayCreate && <NewMenu onFiles={(chosen) => void importFiles(chosen)} />}
      />
      <SectionLinks />
      <div className="mb-4 flex flex-wrap items-center gap-2">
        <SearchField
          label={t('workloads.search')}
          value={search}
          onValueChange={(next) => filter({ search: next === '' ? undefined : next })}
          className="w-full sm:w-72"
        />
        <Select
          label={t('workloads.runtime')}
          className="w-auto min-w-36"
          value={runtime ?? 'any'}
          onValueChange={(next) => filter({ runtime: next === 'any' ? undefined : next })}
          options={[
            { value: 'any' as const, label: t('workloads.anyRuntime') },
            { value: 'docker' as const, label: t('templates.runtime.docker') },
            { value: 'process' as const, label: t('templates.runtime.process') },
          ]}
        />
        <Segmented
          className="ml-auto max-sm:hidden"
          label={t('workloads.view')}
          value={view}
          onValueChange={setView}
          options={[
            { value: 'cards', label: '', icon: LayoutGrid, name: t('workloads.cards') },
            { value: 'table', label: '', icon: List, name: t('workloads.table') },
          ]}
        />
      </div>

      {list.isPending ? (
        <SkeletonRows rows={6} className="rounded-lg border border-border bg-surface" />
      ) : list.isError ? (
        <ErrorState error={list.error} title={t('workloads.failed')} onRetry={() => void list.refetch()} />
      ) : workloads.length > 0 ? (
        view === 'cards' ? (
          <WorkloadCards workloads={workloads} />
        ) : (
          <Card className="overflow-clip">
            <WorkloadTable workloads={workloads} />
          </Card>
        )
      ) : isFiltered ? (
        <EmptyState
          icon={Layers}
          title={t('workloads.noMatch')}
          action={
            <Button onClick={() => filter({ search: undefined, runtime: undefined })}>
              {t('instances.clearFilters')}
            </Button>
          }
        >
          {t('instances.noMatchHelp')}
        </EmptyState>
      ) : (
        <EmptyState
          icon={Layers}
          title={t('workloads.empty')}
          action={
            <ButtonLink to="/templates" variant="primary">
              {t('workloads.emptyAction')}
            </ButtonLink>
          }
        >
          {t('workloads.emptyHelp')}
        </EmptyState>
      )}
      {list.hasNextPage && (
        <Button
          className="mt-4 self-center"
          pending={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {t('common.loadMore')}
        </Button>
      )}
      {drop.isOver && (
        <div className="pointer-events-none absolute inset-0 z-20 grid place-items-center rounded-lg border-2 border-dashed border-accent bg-accent-soft/80 text-lg font-semibold text-accent">
          {t('workloads.dropHint')}
        </div>
      )}
    </div>
  )
}

function NewMenu({ onFiles }: { onFiles: (files: File[]) => void }) {
  const { t } = useTranslation()
  const picker = useRef<HTMLInputElement>(null)
  return (
    <>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        accept={files}
        onChange={({ target }) => {
          onFiles([...(target.files ?? [])])
          target.value = ''
        }}
      />
      <Menu
        trigger={
          <Button variant="primary">
            <Plus aria-hidden size={16} />
            {t('workloads.new')}
          </Button>
        }
      >
        <MenuItem icon={Plus} render={<Link to="/workloads/$workloadId" params={{ workloadId: 'new' }} />}>
          {t('workloads.blank')}
        </MenuItem>
        <MenuItem icon={LayoutGrid} render={<Link to="/templates" />}>
          {t('workloads.fromTemplate')}
        </MenuItem>
        <MenuItem icon={FileUp} onClick={() => picker.current?.click()}>
          {t('workloads.import')}
        </MenuItem>
      </Menu>
    </>
  )
}

/** Files that are dragged over the page. */
function useDrop(isOn: boolean, onFiles: (files: File[]) => void) {
  const [depth, setDepth] = useState(0)
  const hasFiles = (event: DragEvent) => isOn && event.dataTransfer.types.includes('Files')
  const handlers = {
    onDragEnter: (event: DragEvent) => hasFiles(event) && setDepth((now) => now + 1),
    onDragLeave: (event: DragEvent) => hasFiles(event) && setDepth((now) => Math.max(0, now - 1)),
    onDragOver: (event: DragEvent) => hasFiles(event) && event.preventDefault(),
    onDrop: (event: DragEvent) => {
      if (!hasFiles(event)) return
      event.preventDefault()
      setDepth(0)
      onFiles([...event.dataTransfer.files])
    },
  }
  return { isOver: depth > 0, handlers }
}
