import { Slider as Base } from '@base-ui/react/slider'

type Props = {
  value: number
  onValueChange: (value: number) => void
  min: number
  max: number
  step?: number
  label: string
  /** How the value is read aloud, with its unit. */
  format: (value: number) => string
  disabled?: boolean
}

export function Slider({ value, onValueChange, min, max, step = 1, label, format, disabled = false }: Props) {
  return (
    <Base.Root
      value={value}
      onValueChange={(next) => onValueChange(next as number)}
      min={min}
      max={max}
      step={step}
      disabled={disabled}
    >
      <Base.Control className="flex h-8 w-full touch-none items-center select-none data-disabled:opacity-50">
        <Base.Track className="h-1 w-full rounded-full bg-active">
          <Base.Indicator className="rounded-full bg-primary" />
          <Base.Thumb
            aria-label={label}
            getAriaValueText={(_, current) => format(current)}
            className="size-4 rounded-full border-2 border-primary bg-surface shadow-raised has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent"
          />
        </Base.Track>
      </Base.Control>
    </Base.Root>
  )
}
