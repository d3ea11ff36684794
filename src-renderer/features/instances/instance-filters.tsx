import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { LayoutGrid, List, X } from 'lucide-react'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { type InstanceState, instanceStates } from '#contract/instances'
import { listNodes } from '#contract/nodes'
import { getWorkload } from '#contract/workloads'
import { SearchField } from '../../components/search-field.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Segmented } from '../../components/ui/segmented.tsx'
import { Select } from '../../components/ui/select.tsx'
import { useCan } from '../../lib/me.ts'
import { queryFor } from '../../lib/query.ts'
import { present } from '../../lib/search.ts'

const route = getRouteApi('/shell/servers')

export type Filters = {
  search?: string | undefined
  state?: InstanceState | undefined
  node_id?: string | undefined
  workload_id?: string | undefined
}
export const views = ['cards', 'table'] as const
export type View = (typeof views)[number]

/** The filters of the list live in its address, so that it can be sent to somebody and comes back with the back button. */
export function useFilters() {
  const filters = route.useSearch()
  const navigate = route.useNavigate()
  const filter = useCallback(
    (next: Filters) =>
      void navigate({ search: (now) => present({ ...now, ...next }), replace: true, resetScroll: false }),
    [navigate],
  )
  return { filters, filter, isFiltered: Object.keys(filters).length > 0 }
}

const nothing: Filters = { search: undefined, state: undefined, node_id: undefined, workload_id: undefined }
export const clearFilters = (filter: (next: Filters) => void) => filter(nothing)

type Props = { filters: Filters; filter: (next: Filters) => void; view: View; onView: (view: View) => void }

export function InstanceFilters({ filters, filter, view, onView }: Props) {
  const { t } = useTranslation()
  const seesMachines = useCan('nodes.view')
  const list = useQuery({ ...queryFor(listNodes, { query: { limit: 200 } }), enabled: seesMachines })
  const nodes = list.data?.items ?? []
  const setSearch = useCallback((search: string) => filter({ search: search || undefined }), [filter])
  return (
    <div className="mb-4 flex flex-wrap items-center gap-2">
      <SearchField label={t('instances.search')} value={filters.search ?? ''} onValueChange={setSearch} />
      <Select
        label={t('instances.state')}
        className="w-auto min-w-34 max-sm:flex-1"
        value={filters.state ?? 'any'}
        onValueChange={(state) => filter({ state: state === 'any' ? undefined : state })}
        options={[
          { value: 'any' as const, label: t('instances.anyState') },
          ...instanceStates.map((value) => ({ value, label: t(`states.instance.${value}`) })),
        ]}
      />
      {(nodes.length > 1 || filters.node_id !== undefined) && (
        <Select
          label={t('instances.machine')}
          className="w-auto min-w-34 max-sm:flex-1"
          value={filters.node_id ?? 'any'}
          onValueChange={(id) => filter({ node_id: id === 'any' ? undefined : id })}
          options={[
            { value: 'any', label: t('instances.anyMachine') },
            ...nodes.map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
      )}
      {filters.workload_id !== undefined && (
        <WorkloadFilter id={filters.workload_id} onClear={() => filter({ workload_id: undefined })} />
      )}
      <Segmented
        className="ml-auto max-sm:hidden"
        label={t('instances.view')}
        value={view}
        onValueChange={onView}
        options={[
          { value: 'cards', label: '', icon: LayoutGrid, name: t('instances.cards') },
          { value: 'table', label: '', icon: List, name: t('instances.table') },
        ]}
      />
    </div>
  )
}

/** Set by a link from a workload; here it can only be taken away. */
function WorkloadFilter({ id, onClear }: { id: string; onClear: () => void }) {
  const { t } = useTranslation()
  const name = useQuery(queryFor(getWorkload, { params: { id } })).data?.name ?? '…'
  return (
    <Button variant="ghost" onClick={onClear} title={t('instances.clearFilters')}>
      {t('instances.workload')}: {name}
      <X aria-hidden size={14} />
    </Button>
  )
}
