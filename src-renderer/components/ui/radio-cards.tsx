import { Radio } from '@base-ui/react/radio'
import { RadioGroup } from '@base-ui/react/radio-group'
import { useId } from 'react'
import { cn } from '../../lib/cn.ts'

type Option<T extends string> = { value: T; label: string; help: string; tone?: 'danger' }
type Props<T extends string> = {
  value: T
  onValueChange: (value: T) => void
  options: readonly Option<T>[]
  label: string
}

/** A choice whose consequences are said beside each answer. */
export function RadioCards<T extends string>({ value, onValueChange, options, label }: Props<T>) {
  const group = useId()
  return (
    <RadioGroup
      aria-label={label}
      value={value}
      onValueChange={(next) => onValueChange(next as T)}
      className="flex flex-col gap-2"
    >
      {options.map(({ value: option, label: name, help, tone }) => (
        <label
          key={option}
          htmlFor={`${group}.${option}`}
          className={cn(
            'flex items-start gap-2.5 rounded-md border border-border p-3 text-text select-none has-data-checked:border-accent has-data-checked:bg-accent-soft',
            tone === 'danger' && 'has-data-checked:border-error has-data-checked:bg-error-soft',
          )}
        >
          <Radio.Root
            id={`${group}.${option}`}
            value={option}
            className="mt-0.5 grid size-4 shrink-0 place-items-center rounded-full border border-field bg-surface data-checked:border-transparent data-checked:bg-primary"
          >
            <Radio.Indicator className="size-1.5 rounded-full bg-on-primary" />
          </Radio.Root>
          <span>
            <span className="block font-medium">{name}</span>
            <span className="block text-sm text-muted">{help}</span>
          </span>
        </label>
      ))}
    </RadioGroup>
  )
}
