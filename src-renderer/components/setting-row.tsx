import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'

type Props = {
  icon?: LucideIcon
  title: ReactNode
  /** Badges beside the title. */
  badges?: ReactNode
  /** Lines below the title. */
  children?: ReactNode
  action?: ReactNode
}

/** One of a list in a card: what it is, what is to be known of it, what can be done with it. */
export function SettingRow({ icon: Icon, title, badges, children, action }: Props) {
  return (
    <li className="flex items-center gap-3 border-b border-border px-4 py-3 last:border-0">
      {Icon && (
        <span className="grid size-8 shrink-0 place-items-center rounded-md bg-sunken text-muted">
          <Icon aria-hidden size={16} />
        </span>
      )}
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="min-w-0 font-medium break-words">{title}</span>
          {badges}
        </div>
        {children && <div className="text-sm text-muted">{children}</div>}
      </div>
      {action && <div className="flex shrink-0 items-center gap-1">{action}</div>}
    </li>
  )
}
