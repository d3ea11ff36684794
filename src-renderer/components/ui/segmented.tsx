import { Toggle } from '@base-ui/react/toggle'
import { ToggleGroup } from '@base-ui/react/toggle-group'
import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { cn } from '../../lib/cn.ts'

type Option<T extends string> = {
  value: T
  label: ReactNode
  icon?: LucideIcon
  /** The name where only the icon is shown. */ name?: string
  disabled?: boolean
}
type Props<T extends string> = {
  value: T | undefined
  onValueChange: (value: T) => void
  options: readonly Option<T>[]
  label: string
  className?: string
}

/** One of a few, all in sight. */
export function Segmented<T extends string>({ value, onValueChange, options, label, className }: Props<T>) {
  return (
    <ToggleGroup
      aria-label={label}
      value={value === undefined ? [] : [value]}
      onValueChange={([next]) => next !== undefined && onValueChange(next as T)}
      className={cn(
        'inline-flex h-8 items-center gap-0.5 rounded-md border border-border bg-sunken p-0.5 pointer-coarse:h-10',
        className,
      )}
    >
      {options.map(({ value: option, label: text, icon: Icon, name, disabled = false }) => (
        <Toggle
          key={option}
          value={option}
          aria-label={name}
          disabled={disabled}
          className="inline-flex h-full min-w-7 flex-auto items-center justify-center gap-1.5 rounded-sm px-2 text-sm font-medium whitespace-nowrap text-muted transition-colors outline-offset-0 not-disabled:hover:text-text disabled:cursor-not-allowed disabled:opacity-50 data-pressed:bg-raised data-pressed:text-text data-pressed:shadow-raised"
        >
          {Icon && <Icon aria-hidden size={14} />}
          {text}
        </Toggle>
      ))}
    </ToggleGroup>
  )
}
