import {
  columnVisibilityFeature,
  createSortedRowModel,
  rowSortingFeature,
  tableFeatures,
  useTable,
} from '@tanstack/react-table'
import { useMemo, useState } from 'react'
import { currentLanguage } from '../../lib/i18n.ts'
import { stored, type Stored, useStored } from '../../lib/stored.ts'
import type { Column } from './column.ts'

const features = tableFeatures({ rowSortingFeature, columnVisibilityFeature, sortedRowModel: createSortedRowModel() })

type Kept = { sorted: { id: string; desc: boolean } | null; hidden: Record<string, boolean> }
const isKept = (value: unknown): value is Kept =>
  typeof value === 'object' && value !== null && 'sorted' in value && 'hidden' in value

const stores = new Map<string, Stored<Kept>>()
function storeOf(name: string, sorted: Kept['sorted']): Stored<Kept> {
  let store = stores.get(name)
  if (!store) stores.set(name, (store = stored(`shardlyn.table.${name}`, { sorted, hidden: {} }, isKept)))
  return store
}

const collators = new Map<string, Intl.Collator>()
function collator(): Intl.Collator {
  const language = currentLanguage()
  let made = collators.get(language)
  if (!made) collators.set(language, (made = new Intl.Collator(language, { numeric: true, sensitivity: 'base' })))
  return made
}

type Value = string | number | null
/** Numbers by size, words as a person sorts them: "server 2" before "server 10". */
export const compareValues = (a: Value, b: Value): number =>
  typeof a === 'number' && typeof b === 'number' ? a - b : collator().compare(String(a), String(b))

type Options<T> = {
  name: string
  rows: readonly T[]
  columns: readonly Column<T>[]
  rowKey: (row: T) => string
  sortedAtFirst: Kept['sorted'] | undefined
}

/** Sorting and chosen columns, remembered by this browser. */
export function useTableModel<T>({ name, rows, columns, rowKey, sortedAtFirst: given = null }: Options<T>) {
  const [sortedAtFirst] = useState(given)
  const [kept, keep] = useStored(useState(() => storeOf(name, sortedAtFirst))[0])
  const definitions = useMemo(
    () =>
      columns.map((column) => ({
        id: column.id,
        accessorFn: (row: T) => column.sortBy?.(row) ?? undefined,
        enableSorting: column.sortBy !== undefined,
        sortUndefined: 'last' as const,
        sortFn: (a: { getValue: (id: string) => unknown }, b: { getValue: (id: string) => unknown }, id: string) =>
          compareValues(a.getValue(id) as Value, b.getValue(id) as Value),
      })),
    [columns],
  )
  const { sorted, hidden } = kept
  // What the table is told must be the same object until it changes, or ten thousand rows are sorted at every scroll.
  const { known, state, shown } = useMemo(() => {
    const isHidden = ({ id, canHide, isHiddenAtFirst }: Column<T>) =>
      canHide !== false && (hidden[id] ?? isHiddenAtFirst ?? false)
    const known = sorted && columns.some(({ id, sortBy }) => id === sorted.id && sortBy) ? sorted : sortedAtFirst
    const columnVisibility = Object.fromEntries(columns.map((column) => [column.id, !isHidden(column)]))
    return {
      known,
      state: { sorting: known ? [known] : [], columnVisibility },
      shown: columns.filter(({ id }) => columnVisibility[id]),
    }
  }, [columns, sorted, hidden, sortedAtFirst])
  const table = useTable({
    features,
    columns: definitions as never,
    data: rows as T[] as never,
    getRowId: rowKey as never,
    state,
  })
  const model = table.getRowModel().rows
  const sortedRows = useMemo(() => model.map((row) => row.original as T), [model])

  return {
    rows: sortedRows,
    columns: shown,
    hideable: columns.filter(({ canHide }, index) => index > 0 && canHide !== false),
    sorted: known,
    isHidden: (id: string) => !state.columnVisibility[id],
    setHidden: (id: string, isHidden: boolean) => keep({ ...kept, hidden: { ...hidden, [id]: isHidden } }),
    sortBy: (id: string) => keep({ ...kept, sorted: { id, desc: known?.id === id ? !known.desc : false } }),
  }
}
