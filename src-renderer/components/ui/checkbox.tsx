import { Checkbox as Base } from '@base-ui/react/checkbox'
import { Check, Minus } from 'lucide-react'
import type { ReactNode } from 'react'
import { cn } from '../../lib/cn.ts'

type Props = {
  checked: boolean
  indeterminate?: boolean
  onCheckedChange: (checked: boolean) => void
  disabled?: boolean
  className?: string
} & (
  | { label: ReactNode; 'aria-label'?: never; help?: ReactNode }
  | { label?: never; 'aria-label': string; help?: never }
)

export function Checkbox({
  checked,
  indeterminate = false,
  onCheckedChange,
  disabled = false,
  label,
  help,
  className,
  'aria-label': name,
}: Props) {
  const box = (
    <Base.Root
      checked={checked}
      indeterminate={indeterminate}
      onCheckedChange={onCheckedChange}
      disabled={disabled}
      aria-label={name}
      className={cn(
        'grid size-4 shrink-0 place-items-center rounded-sm border border-field bg-surface text-on-primary transition-colors data-checked:border-transparent data-checked:bg-primary data-disabled:opacity-50 data-indeterminate:border-transparent data-indeterminate:bg-primary',
        !label && className,
      )}
    >
      <Base.Indicator>
        {indeterminate ? (
          <Minus aria-hidden size={12} strokeWidth={3} />
        ) : (
          <Check aria-hidden size={12} strokeWidth={3} />
        )}
      </Base.Indicator>
    </Base.Root>
  )
  if (!label) return box
  return (
    <label className={cn('flex items-start gap-2 select-none', className)}>
      <span className="flex h-5 items-center">{box}</span>
      <span>
        {label}
        {help && <span className="block text-sm text-muted">{help}</span>}
      </span>
    </label>
  )
}
