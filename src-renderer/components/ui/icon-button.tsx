import type { LucideIcon } from 'lucide-react'
import type { ComponentProps } from 'react'
import { cn } from '../../lib/cn.ts'
import { type ButtonStyle, buttonStyle } from './button-style.ts'
import { Spinner } from './spinner.tsx'
import { Tooltip } from './tooltip.tsx'

export type IconButtonProps = Omit<ComponentProps<'button'>, 'children'> &
  Pick<ButtonStyle, 'variant' | 'size'> & {
    icon: LucideIcon
    /** Its name for everybody: read aloud, and shown on hover. */
    label: string
    pending?: boolean
    tooltipSide?: 'top' | 'bottom' | 'left' | 'right'
    /** A small number at its corner; the label should say it in words. */
    count?: number
  }

export function IconButton({
  icon: Icon,
  label,
  variant = 'ghost',
  size,
  pending = false,
  tooltipSide,
  count = 0,
  className,
  type = 'button',
  ...props
}: IconButtonProps) {
  return (
    <Tooltip content={label} {...(tooltipSide && { side: tooltipSide })}>
      <button
        type={type}
        aria-label={label}
        aria-disabled={pending || undefined}
        className={cn(buttonStyle({ variant, size, shape: 'icon' }), count > 0 && 'relative', className)}
        {...props}
        onClick={pending ? (event) => event.preventDefault() : props.onClick}
      >
        {pending ? <Spinner /> : <Icon aria-hidden size={16} />}
        {count > 0 && (
          <span
            aria-hidden
            className="absolute -top-0.5 -right-0.5 grid h-4 min-w-4 place-items-center rounded-full bg-primary px-1 text-2xs font-semibold text-on-primary tabular"
          >
            {count}
          </span>
        )}
      </button>
    </Tooltip>
  )
}
