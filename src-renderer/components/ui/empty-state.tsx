import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { cn } from '../../lib/cn.ts'

type Props = {
  icon: LucideIcon
  title: string
  /** What this is for, in one sentence. */ children?: ReactNode
  action?: ReactNode
  className?: string
}

export function EmptyState({ icon: Icon, title, children, action, className }: Props) {
  return (
    <div className={cn('flex flex-col items-center gap-3 px-6 py-12 text-center', className)}>
      <span className="grid size-10 place-items-center rounded-lg border border-border bg-raised text-muted">
        <Icon aria-hidden size={20} />
      </span>
      <div className="max-w-96">
        <h3 className="text-lg font-semibold text-balance">{title}</h3>
        {children && <p className="mt-1 text-pretty text-muted">{children}</p>}
      </div>
      {action && <div className="mt-1 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  )
}
