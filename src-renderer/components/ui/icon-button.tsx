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
  }

export function IconButton({
  icon: Icon,
  label,
  variant = 'ghost',
  size,
  pending = false,
  tooltipSide,
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
        className={cn(buttonStyle({ variant, size, shape: 'icon' }), className)}
        {...props}
        onClick={pending ? (event) => event.preventDefault() : props.onClick}
      >
        {pending ? <Spinner /> : <Icon aria-hidden size={16} />}
      </button>
    </Tooltip>
  )
}
