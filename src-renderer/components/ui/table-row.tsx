import { memo, type MouseEvent } from 'react'
import { cn } from '../../lib/cn.ts'
import { Checkbox } from './checkbox.tsx'
import { type Column, fromStyle } from './column.ts'

type Props<T> = {
  index: number
  row: T
  columns: readonly Column<T>[]
  /** The one row that Tab comes to. */
  isActive: boolean
  isSelected: boolean | undefined
  selectName: string | undefined
  onSelect: ((checked: boolean) => void) | undefined
  onOpen: ((row: T) => void) | undefined
  onFocusRow: (index: number) => void
}

const isControl = (event: MouseEvent) =>
  (event.target as Element).closest('a, button, input, label, [role=checkbox], [role=menuitem]') !== null

function Row<T>({ index, row, columns, isActive, isSelected, selectName, onSelect, onOpen, onFocusRow }: Props<T>) {
  return (
    <tr
      data-index={index}
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      tabIndex={isActive ? 0 : -1}
      onFocus={(event) => event.target === event.currentTarget && onFocusRow(index)}
      onClick={(event) => {
        // A click that ends a selection of text, or belongs to something in the row, opens nothing.
        if (!onOpen || isControl(event) || getSelection()?.toString()) return
        onOpen(row)
      }}
      className={cn(
        'group/row h-9 outline-offset-[-2px] transition-colors hover:bg-hover pointer-coarse:h-11',
        isSelected && 'bg-accent-soft',
        onOpen && 'cursor-pointer',
      )}
    >
      {onSelect && (
        <td className="border-b border-border pl-4 group-last/row:border-0">
          <Checkbox aria-label={selectName ?? ''} checked={isSelected ?? false} onCheckedChange={onSelect} />
        </td>
      )}
      {columns.map((column, at) => (
        <td
          key={column.id}
          className={cn(
            'truncate border-b border-border px-2 group-last/row:border-0',
            column.from && fromStyle[column.from],
            at === 0 && !onSelect && 'pl-4',
            column.align === 'right' && 'text-right tabular',
          )}
        >
          {column.cell(row)}
        </td>
      ))}
      <td aria-hidden className="border-b border-border p-0 group-last/row:border-0" />
    </tr>
  )
}

/** Drawn again only when its own row changed: one heartbeat must not redraw two hundred rows. */
export const TableRow = memo(
  Row,
  (before, after) =>
    before.row === after.row &&
    before.columns === after.columns &&
    before.index === after.index &&
    before.isActive === after.isActive &&
    before.isSelected === after.isSelected &&
    before.selectName === after.selectName,
) as typeof Row
