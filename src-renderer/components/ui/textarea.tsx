import { Field } from '@base-ui/react/field'
import type { ComponentProps } from 'react'
import { cn } from '../../lib/cn.ts'
import { fieldStyle } from './field-style.ts'

export type TextareaProps = Omit<ComponentProps<'textarea'>, 'value' | 'defaultValue'> & {
  value?: string
  defaultValue?: string
  onValueChange?: (value: string) => void
  mono?: boolean
}

export function Textarea({ mono = false, rows = 4, className, onValueChange, ...props }: TextareaProps) {
  return (
    <Field.Control
      render={<textarea rows={rows} {...props} />}
      {...(props.value !== undefined && { value: props.value })}
      {...(onValueChange && { onValueChange })}
      className={cn(fieldStyle({ size: 'text', mono }), 'block', className)}
    />
  )
}
