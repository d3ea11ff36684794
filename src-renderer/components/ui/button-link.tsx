import { createLink } from '@tanstack/react-router'
import type { ComponentProps } from 'react'
import { cn } from '../../lib/cn.ts'
import { type ButtonStyle, buttonStyle } from './button-style.ts'

function Anchor({
  variant,
  size,
  className,
  children,
  ...props
}: ComponentProps<'a'> & Pick<ButtonStyle, 'variant' | 'size'>) {
  return (
    <a {...props} className={cn(buttonStyle({ variant, size }), className)}>
      {children}
    </a>
  )
}

/** A link of the router that looks like a button: it goes somewhere, so it can be opened in a new tab. */
export const ButtonLink = createLink(Anchor)
