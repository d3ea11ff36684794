import { Select as Base } from '@base-ui/react/select'
import { Check, ChevronsUpDown } from 'lucide-react'
import type { ReactNode } from 'react'
import { cn } from '../../lib/cn.ts'
import { fieldStyle } from './field-style.ts'
import { popupStyle } from './popup-style.ts'

export type SelectOption<T extends string> = { value: T; label: string; note?: ReactNode; disabled?: boolean }

type Props<T extends string> = {
  value: T | null
  onValueChange: (value: T) => void
  options: readonly SelectOption<T>[]
  placeholder?: string
  /** Needed where no `Field` names it. */
  label?: string
  size?: 'sm' | 'md' | 'lg'
  disabled?: boolean
  className?: string
}

export function Select<T extends string>({
  value,
  onValueChange,
  options,
  placeholder,
  label,
  size = 'md',
  disabled = false,
  className,
}: Props<T>) {
  return (
    <Base.Root<T>
      items={options}
      value={value}
      onValueChange={(next) => next !== null && onValueChange(next)}
      disabled={disabled}
    >
      <Base.Trigger
        aria-label={label}
        className={cn(fieldStyle({ size }), 'flex items-center justify-between gap-2 pr-1.5 text-left', className)}
      >
        <Base.Value placeholder={placeholder} className="truncate data-placeholder:text-muted" />
        <Base.Icon className="text-muted">
          <ChevronsUpDown aria-hidden size={14} />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} alignItemWithTrigger={false} className="z-50 outline-hidden">
          <Base.Popup
            className={cn(popupStyle, 'max-h-(--available-height) min-w-(--anchor-width) overflow-y-auto p-1')}
          >
            {options.map((option) => (
              <Base.Item
                key={option.value}
                value={option.value}
                disabled={option.disabled ?? false}
                className="flex min-h-8 cursor-default items-center gap-2 rounded-sm px-2 py-1 outline-hidden select-none data-disabled:opacity-50 data-highlighted:bg-hover pointer-coarse:min-h-10"
              >
                <span className="size-4 text-accent">
                  <Base.ItemIndicator>
                    <Check aria-hidden size={16} />
                  </Base.ItemIndicator>
                </span>
                <Base.ItemText className="flex-1">{option.label}</Base.ItemText>
                {option.note && <span className="text-sm text-muted">{option.note}</span>}
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
