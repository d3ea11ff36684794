import { cva, type VariantProps } from 'class-variance-authority'
import type { ComponentProps } from 'react'
import { cn } from '../../lib/cn.ts'

const badgeStyle = cva(
  'inline-flex h-5 max-w-full items-center gap-1 rounded-sm px-1.5 text-xs font-medium whitespace-nowrap',
  {
    variants: {
      tone: {
        neutral: 'bg-stopped-soft text-muted',
        accent: 'bg-accent-soft text-accent',
        running: 'bg-running-soft text-running',
        busy: 'bg-busy-soft text-busy',
        error: 'bg-error-soft text-error',
        outline: 'border border-border text-muted',
      },
    },
    defaultVariants: { tone: 'neutral' },
  },
)

export function Badge({
  tone,
  className,
  children,
  ...props
}: ComponentProps<'span'> & VariantProps<typeof badgeStyle>) {
  return (
    <span className={cn(badgeStyle({ tone }), className)} {...props}>
      <span className="truncate">{children}</span>
    </span>
  )
}
