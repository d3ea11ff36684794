import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Field } from '../../components/ui/field.tsx'
import { Input } from '../../components/ui/input.tsx'

type Props = {
  value: string
  onValueChange: (value: string) => void
  /** Called with the sixth digit, typed or pasted. */
  onComplete: (code: string) => void
  error?: string | undefined
  label?: string
  autoFocus?: boolean
  disabled?: boolean
}

const LENGTH = 6

/** Six digits of an authenticator app. Pasting "123 456" does what one means. */
export function CodeField({
  value,
  onValueChange,
  onComplete,
  error,
  label,
  autoFocus = false,
  disabled = false,
}: Props) {
  const { t } = useTranslation()
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    // A refused code was cleared: the next one is typed at once.
    if (error) input.current?.focus()
  }, [error])
  return (
    <Field label={label ?? t('factors.code.label')} error={error} help={t('factors.code.help')}>
      <Input
        ref={input}
        mono
        size="lg"
        inputMode="numeric"
        name="one-time-code"
        autoComplete="one-time-code"
        autoFocus={autoFocus}
        spellCheck={false}
        readOnly={disabled}
        value={value}
        onValueChange={(typed) => {
          const digits = typed.replace(/\D/g, '').slice(0, LENGTH)
          onValueChange(digits)
          if (digits.length === LENGTH && digits !== value) onComplete(digits)
        }}
        className="text-lg tracking-[0.3em] pointer-coarse:text-lg"
      />
    </Field>
  )
}
