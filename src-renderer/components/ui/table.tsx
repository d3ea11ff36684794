import { Columns3 } from 'lucide-react'
import { useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { cn } from '../../lib/cn.ts'
import { Checkbox } from './checkbox.tsx'
import { type Column, fromStyle, type TableSelection } from './column.ts'
import { IconButton } from './icon-button.tsx'
import { Menu, MenuCheckbox } from './menu.tsx'
import { TableHeadCell } from './table-head-cell.tsx'
import { TableRow } from './table-row.tsx'
import { useTableKeys } from './use-table-keys.ts'
import { useTableModel } from './use-table-model.ts'
import { useTableWindow } from './use-table-window.ts'

type Props<T> = {
  /** Sorting and chosen columns are remembered under it. */
  name: string
  label: string
  rows: readonly T[]
  columns: readonly Column<T>[]
  rowKey: (row: T) => string
  onOpen?: (row: T) => void
  selection?: TableSelection<T>
  sortedAtFirst?: { id: string; desc: boolean }
}

/** The one table: sorting, chosen columns, a head that stays, arrows and space, and only the rows in sight when there are many. */
export function Table<T>({ name, label, rows, columns, rowKey, onOpen, selection, sortedAtFirst }: Props<T>) {
  const { t } = useTranslation()
  const body = useRef<HTMLTableSectionElement>(null)
  const model = useTableModel({ name, rows, columns, rowKey, sortedAtFirst })
  const keys = useMemo(() => model.rows.map(rowKey), [model.rows, rowKey])
  const { items, before, after, scrollTo } = useTableWindow(body, model.rows.length)
  const { active, onKeyDown, onFocusRow } = useTableKeys({
    body,
    keys,
    selection,
    scrollTo,
    onOpen: (index) => model.rows[index] && onOpen?.(model.rows[index]),
  })
  const chosen = selection?.selected
  const { isAll, isSome } = useMemo(() => howMany(keys, chosen), [keys, chosen])

  return (
    // Rows are walked through and chosen with the keyboard: a grid, and there is no tag for one.
    <table
      role="grid"
      aria-label={label}
      aria-rowcount={keys.length + 1}
      onKeyDown={onKeyDown}
      className="w-full table-fixed border-separate border-spacing-0 text-left"
    >
      <thead>
        <tr>
          {selection && (
            <th className={cn(headStyle, 'w-11 pl-4')}>
              <Checkbox
                aria-label={t('common.selectAll')}
                checked={isAll}
                indeterminate={isSome && !isAll}
                onCheckedChange={(checked) => selection.onChange(new Set(checked ? keys : []))}
              />
            </th>
          )}
          {model.columns.map((column, index) => (
            <TableHeadCell
              key={column.id}
              column={column}
              className={cn(
                headStyle,
                column.width,
                column.from && fromStyle[column.from],
                index === 0 && !selection && 'pl-4',
              )}
              sorted={model.sorted?.id === column.id ? (model.sorted.desc ? 'descending' : 'ascending') : undefined}
              onSort={() => model.sortBy(column.id)}
            />
          ))}
          <td className={cn(headStyle, 'w-11 pr-2 text-right max-sm:w-2 max-sm:p-0')}>
            {model.hideable.length > 0 && (
              <Menu
                trigger={<IconButton icon={Columns3} size="sm" label={t('common.columns')} className="max-sm:hidden" />}
              >
                {model.hideable.map((column) => (
                  <MenuCheckbox
                    key={column.id}
                    checked={!model.isHidden(column.id)}
                    onCheckedChange={(shown) => model.setHidden(column.id, !shown)}
                  >
                    {column.header}
                  </MenuCheckbox>
                ))}
              </Menu>
            )}
          </td>
        </tr>
      </thead>
      <tbody ref={body}>
        <Unseen height={before} />
        {items.map((index) => {
          const row = model.rows[index]
          const key = keys[index]
          if (row === undefined || key === undefined) return null
          return (
            <TableRow
              key={key}
              index={index}
              row={row}
              columns={model.columns}
              isActive={index === active}
              isSelected={chosen?.has(key)}
              selectName={selection && t('common.selectRow', { name: selection.nameOf(row) })}
              onSelect={selection && ((checked) => selection.onChange(withKey(selection.selected, key, checked)))}
              onOpen={onOpen}
              onFocusRow={onFocusRow}
            />
          )
        })}
        <Unseen height={after} />
      </tbody>
    </table>
  )
}

/** The room of rows that are not drawn. */
function Unseen({ height }: { height: number }) {
  return height > 0 ? <tr aria-hidden style={{ height }} /> : null
}

const howMany = (keys: readonly string[], chosen: ReadonlySet<string> | undefined) => {
  const isSome = chosen !== undefined && chosen.size > 0 && keys.some((key) => chosen.has(key))
  return { isSome, isAll: isSome && keys.every((key) => chosen.has(key)) }
}

const headStyle = 'sticky top-0 z-10 h-9 border-b border-border bg-surface px-2 text-sm font-medium text-muted'

const withKey = (keys: ReadonlySet<string>, key: string, isIn: boolean): ReadonlySet<string> => {
  const next = new Set(keys)
  if (isIn) next.add(key)
  else next.delete(key)
  return next
}
