import { Field as Base } from '@base-ui/react/field'
import type { ReactNode } from 'react'
import { cn } from '../../lib/cn.ts'

type Props = {
  label: ReactNode
  help?: ReactNode
  /** What is wrong and what to do; takes the place of the help. */
  error?: ReactNode
  /** At the right of the label: "optional", a count. */
  note?: ReactNode
  disabled?: boolean
  className?: string
  children: ReactNode
}

/** A labelled control with its help or its error. The control is any of ours that is built on a field. */
export function Field({ label, help, error, note, disabled = false, className, children }: Props) {
  const isInvalid = Boolean(error)
  return (
    <Base.Root invalid={isInvalid} disabled={disabled} className={cn('flex min-w-0 flex-col gap-1', className)}>
      <div className="flex items-baseline justify-between gap-2">
        <Base.Label className="font-medium text-text">{label}</Base.Label>
        {note && <span className="text-sm text-muted">{note}</span>}
      </div>
      {children}
      {isInvalid ? (
        <Base.Error match className="text-sm text-error">
          {error}
        </Base.Error>
      ) : (
        help && <Base.Description className="text-sm text-muted">{help}</Base.Description>
      )}
    </Base.Root>
  )
}
