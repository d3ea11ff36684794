import { cn } from '../../lib/cn.ts'

type Props = {
  value: number | null
  max: number
  label: string
  /** The value in words, with its unit. */
  text: string
  className?: string
  showText?: boolean
}

/** How full something is. Turns amber near the end and red at it; the number is beside it. Plain, for lists hold hundreds. */
export function Meter({ value, max, label, text, className, showText = true }: Props) {
  const share = value === null || max <= 0 ? 0 : Math.min(1, Math.max(0, value / max))
  const colour = share >= 0.95 ? 'bg-error' : share >= 0.85 ? 'bg-busy' : 'bg-accent'
  return (
    <div
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share * 100)}
      aria-valuetext={text}
      className={cn('flex min-w-0 items-center gap-2', className)}
    >
      <span className="block h-1.5 min-w-8 flex-1 overflow-hidden rounded-full bg-active">
        <span
          style={{ width: `${share * 100}%` }}
          className={cn('block h-full rounded-full transition-[width] duration-180', colour)}
        />
      </span>
      {showText && <span className="shrink-0 text-sm text-muted tabular">{text}</span>}
    </div>
  )
}
