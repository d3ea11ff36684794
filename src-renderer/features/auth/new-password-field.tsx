import { Field } from '../../components/ui/field.tsx'
import { PasswordInput } from './password-input.tsx'
import { StrengthMeter } from './strength-meter.tsx'

type Props = {
  label: string
  value: string
  onValueChange: (value: string) => void
  /** It should not be part of the password. */
  email: string
  error?: string | undefined
  autoFocus?: boolean
  size?: 'md' | 'lg'
}

/** A password that one chooses, with how good it is. */
export function NewPasswordField({ label, value, onValueChange, email, error, autoFocus = false, size = 'lg' }: Props) {
  return (
    <div>
      <Field label={label} error={error}>
        <PasswordInput
          name="new-password"
          autoComplete="new-password"
          autoFocus={autoFocus}
          size={size}
          maxLength={256}
          value={value}
          onValueChange={onValueChange}
        />
      </Field>
      <StrengthMeter password={value} email={email} />
    </div>
  )
}
