import type { ComponentProps, ReactNode } from 'react'
import { cn } from '../../lib/cn.ts'

export function Card({ className, ...props }: ComponentProps<'section'>) {
  return <section {...props} className={cn('min-w-0 rounded-lg border border-border bg-surface', className)} />
}

type HeadProps = { title: ReactNode; note?: ReactNode; action?: ReactNode; id?: string }

export function CardHead({ title, note, action, id }: HeadProps) {
  return (
    <header className="flex min-h-11 items-center justify-between gap-3 border-b border-border px-4 py-1.5">
      <div className="flex min-w-0 items-baseline gap-2">
        <h2 id={id} className="truncate font-semibold">
          {title}
        </h2>
        {note && <span className="truncate text-sm text-muted">{note}</span>}
      </div>
      {action}
    </header>
  )
}

export function CardBody({ className, ...props }: ComponentProps<'div'>) {
  return <div {...props} className={cn('p-4', className)} />
}
