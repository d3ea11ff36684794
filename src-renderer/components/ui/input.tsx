import { Field } from '@base-ui/react/field'
import type { ComponentProps } from 'react'
import { cn } from '../../lib/cn.ts'
import { fieldStyle } from './field-style.ts'

export type InputProps = Omit<ComponentProps<'input'>, 'size' | 'value' | 'defaultValue'> & {
  value?: string
  defaultValue?: string
  onValueChange?: (value: string) => void
  size?: 'sm' | 'md' | 'lg'
  mono?: boolean
}

/** One line of text. Inside a `Field` it is labelled, described and marked as invalid by it. */
export function Input({ size = 'md', mono = false, className, onValueChange, ...props }: InputProps) {
  return (
    <Field.Control
      autoComplete="off"
      {...props}
      {...(onValueChange && { onValueChange })}
      className={cn(fieldStyle({ size, mono }), className)}
    />
  )
}
