import type { LucideIcon } from 'lucide-react'
import type { ComponentProps } from 'react'
import { buttonStyle } from '../../components/ui/button-style.ts'
import { cn } from '../../lib/cn.ts'

type Props = Omit<ComponentProps<'button'>, 'children'> & { icon: LucideIcon; label: string }

/** An icon button for lists: hundreds are on a page, so its tooltip is the browser's own and costs nothing. */
export function RowButton({ icon: Icon, label, className, ...props }: Props) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={cn(buttonStyle({ variant: 'ghost', size: 'sm', shape: 'icon' }), className)}
      {...props}
    >
      <Icon aria-hidden size={16} />
    </button>
  )
}
