import type { ComponentProps } from 'react'
import { cn } from '../../lib/cn.ts'
import { type ButtonStyle, buttonStyle } from './button-style.ts'
import { Spinner } from './spinner.tsx'

export type ButtonProps = ComponentProps<'button'> &
  Pick<ButtonStyle, 'variant' | 'size'> & {
    /** The work that it started is going on: it keeps its width, shows a spinner and cannot be pressed again. */
    pending?: boolean
  }

export function Button({
  variant,
  size,
  pending = false,
  className,
  children,
  disabled,
  type = 'button',
  ...props
}: ButtonProps) {
  return (
    <button
      type={type}
      className={cn(buttonStyle({ variant, size }), 'relative', className)}
      disabled={disabled}
      aria-disabled={pending || undefined}
      aria-busy={pending || undefined}
      {...props}
      onClick={pending ? (event) => event.preventDefault() : props.onClick}
    >
      {pending && <Spinner className="absolute" />}
      <span className={cn('inline-flex items-center gap-1.5', pending && 'invisible')}>{children}</span>
    </button>
  )
}
