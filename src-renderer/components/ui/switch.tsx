import { Switch as Base } from '@base-ui/react/switch'
import type { ReactNode } from 'react'
import { cn } from '../../lib/cn.ts'

type Props = {
  checked: boolean
  onCheckedChange: (checked: boolean) => void
  label: ReactNode
  help?: ReactNode
  disabled?: boolean
  className?: string
}

/** For what takes effect at once; in a form that is saved, use a checkbox. */
export function Switch({ checked, onCheckedChange, label, help, disabled = false, className }: Props) {
  return (
    <label className={cn('flex items-start justify-between gap-4 select-none', className)}>
      <span>
        {label}
        {help && <span className="block text-sm text-muted">{help}</span>}
      </span>
      <Base.Root
        checked={checked}
        onCheckedChange={onCheckedChange}
        disabled={disabled}
        className="mt-0.5 h-5 w-9 shrink-0 rounded-full border border-field bg-sunken p-px transition-colors data-checked:border-transparent data-checked:bg-primary data-disabled:opacity-50"
      >
        <Base.Thumb className="block size-4 rounded-full bg-muted transition-[translate,background-color] data-checked:translate-x-4 data-checked:bg-on-primary" />
      </Base.Root>
    </label>
  )
}
