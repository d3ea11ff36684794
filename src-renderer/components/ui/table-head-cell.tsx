import { ArrowDown, ArrowUp } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { cn } from '../../lib/cn.ts'
import type { Column } from './column.ts'

type Props<T> = {
  column: Column<T>
  className: string
  sorted: 'ascending' | 'descending' | undefined
  onSort: () => void
}

export function TableHeadCell<T>({ column, className, sorted, onSort }: Props<T>) {
  const { t } = useTranslation()
  const isRight = column.align === 'right'
  if (!column.sortBy) {
    return (
      <th scope="col" className={cn(className, isRight && 'text-right')}>
        <span className="block truncate">{column.header}</span>
      </th>
    )
  }
  const Arrow = sorted === 'descending' ? ArrowDown : ArrowUp
  return (
    <th scope="col" aria-sort={sorted ?? 'none'} className={className}>
      <button
        type="button"
        title={t('common.sortBy', { column: column.header })}
        onClick={onSort}
        className={cn(
          'group -mx-1 flex h-7 max-w-full items-center gap-1 rounded-sm px-1 hover:text-text',
          isRight && 'ml-auto flex-row-reverse',
          sorted && 'text-text',
        )}
      >
        <span className="truncate">{column.header}</span>
        <Arrow aria-hidden size={12} className={cn('shrink-0', sorted ? '' : 'opacity-0 group-hover:opacity-50')} />
      </button>
    </th>
  )
}
