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
export function useTableModel<T>({ name, rows, columns, rowKey, sortedAtFirst = null }: Options<T>) {
  const [kept, keep] = useStored(useState(() => storeOf(name, sortedAtFirst))[0])
  const isHidden = (id: string) => {
    const column = columns.find((one) => one.id === id)
    return column?.canHide !== false && (kept.hidden[id] ?? column?.isHiddenAtFirst ?? false)
  }
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
  const known =
    kept.sorted && columns.some(({ id, sortBy }) => id === kept.sorted?.id && sortBy) ? kept.sorted : sortedAtFirst
  const visibility = Object.fromEntries(columns.map(({ id }) => [id, !isHidden(id)]))
  const table = useTable({
    features,
    columns: definitions as never,
    data: rows as T[] as never,
    getRowId: rowKey as never,
    state: { sorting: known ? [known] : [], columnVisibility: visibility },
  })
  const sortedRows = table.getRowModel().rows.map((row) => row.original as T)
  const shown = columns.filter(({ id }) => visibility[id])
  // The same list until what is shown changes, or every row would be drawn again.
  const shownKey = shown.map(({ id }) => id).join()
  const shownColumns = useMemo(() => columns.filter(({ id }) => shownKey.split(',').includes(id)), [columns, shownKey])

  return {
    rows: sortedRows,
    columns: shownColumns,
    hideable: columns.filter(({ canHide }, index) => index > 0 && canHide !== false),
    sorted: known,
    isHidden,
    setHidden: (id: string, hidden: boolean) => keep({ ...kept, hidden: { ...kept.hidden, [id]: hidden } }),
    sortBy: (id: string) => keep({ ...kept, sorted: { id, desc: known?.id === id ? !known.desc : false } }),
  }
}
