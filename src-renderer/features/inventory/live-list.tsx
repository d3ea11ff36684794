import type { UseQueryResult } from '@tanstack/react-query'
import { SearchX } from 'lucide-react'
import { type ReactNode, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { FleetNode } from '#contract/nodes'
import { SearchField } from '../../components/search-field.tsx'
import { Card } from '../../components/ui/card.tsx'
import type { Column } from '../../components/ui/column.ts'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { Table } from '../../components/ui/table.tsx'
import { ReadAt, Reading } from './reading.tsx'
import { isAway } from '../../lib/away.ts'

type Props<R, T> = {
  node: FleetNode
  query: UseQueryResult<R>
  /** Sorting and chosen columns are remembered under it. */
  name: string
  label: string
  searchLabel: string
  rowsOf: (told: R) => readonly T[]
  /** How many there are, in words; of those that match where something is searched for. */
  count: (told: R, found: number | undefined) => ReactNode
  /** What stands there when there are no rows at all. */
  empty?: (told: R) => ReactNode
  noMatchHelp: string
  matches: (row: T, wanted: string) => boolean
  columns: readonly Column<T>[]
  rowKey: (row: T) => string
  sortedAtFirst?: { id: string; desc: boolean }
  children?: ReactNode
}

/** A long list that a machine tells again and again: searched through, counted, and with the time of reading. */
export function LiveList<R extends { at: string }, T>(props: Props<R, T>) {
  const { node, query, children, empty } = props
  return (
    <Reading node={node} query={query}>
      {(told) => (
        <>
          {(props.rowsOf(told).length === 0 && empty?.(told)) || (
            <Rows {...props} told={told} all={props.rowsOf(told)} />
          )}
          {children}
        </>
      )}
    </Reading>
  )
}

function Rows<R extends { at: string }, T>({
  told,
  all,
  node,
  matches,
  ...props
}: Props<R, T> & { told: R; all: readonly T[] }) {
  const { t } = useTranslation()
  const [search, setSearch] = useState('')
  const wanted = search.trim().toLowerCase()
  const rows = useMemo(() => (wanted === '' ? all : all.filter((row) => matches(row, wanted))), [all, wanted, matches])
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <SearchField value={search} onValueChange={setSearch} label={props.searchLabel} />
        <span role="status" className="text-sm text-muted tabular">
          {props.count(told, wanted === '' ? undefined : rows.length)}
        </span>
        <span className="ml-auto">
          <ReadAt at={told.at} isStale={isAway(node)} />
        </span>
      </div>
      <Card className="overflow-clip">
        {rows.length === 0 ? (
          <EmptyState icon={SearchX} title={t('common.noMatch', { search: search.trim() })}>
            {props.noMatchHelp}
          </EmptyState>
        ) : (
          <Table
            name={props.name}
            label={props.label}
            rows={rows}
            columns={props.columns}
            rowKey={props.rowKey}
            {...(props.sortedAtFirst && { sortedAtFirst: props.sortedAtFirst })}
          />
        )}
      </Card>
    </div>
  )
}
