import { Meter as Base } from '@base-ui/react/meter'
import { cn } from '../../lib/cn.ts'

type Props = {
  value: number | null
  max: number
  label: string
  /** The value in words, with its unit. */ text: string
  className?: string
  showText?: boolean
}

/** How full something is. Turns amber near the end and red at it; the number is beside it. */
export function Meter({ value, max, label, text, className, showText = true }: Props) {
  const share = value === null || max <= 0 ? 0 : Math.min(1, value / max)
  const colour = share >= 0.95 ? 'bg-error' : share >= 0.85 ? 'bg-busy' : 'bg-accent'
  return (
    <Base.Root
      value={share * 100}
      aria-label={label}
      getAriaValueText={() => text}
      className={cn('flex min-w-0 items-center gap-2', className)}
    >
      <Base.Track className="block h-1.5 min-w-8 flex-1 overflow-hidden rounded-full bg-active">
        <Base.Indicator className={cn('block h-full rounded-full transition-[width] duration-180', colour)} />
      </Base.Track>
      {showText && <span className="shrink-0 text-sm tabular text-muted">{text}</span>}
    </Base.Root>
  )
}
