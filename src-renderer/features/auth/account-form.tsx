import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../components/ui/button.tsx'
import { Field } from '../../components/ui/field.tsx'
import { Input } from '../../components/ui/input.tsx'
import { currentLanguage } from '../../lib/i18n.ts'
import { problemCode, problemText } from '../../lib/problem-text.ts'
import { session } from '../../lib/session.ts'
import { looksLikeEmail, SHORTEST_PASSWORD } from './checks.ts'
import { FormAlert } from './form-alert.tsx'
import { NewPasswordField } from './new-password-field.tsx'

type Props = {
  submit: string
  onDone: () => void
  inviteToken?: string
  /** The address that was invited: no other one will do. */
  invitedEmail?: string | null
}

/** Makes an account and is signed in with it. */
export function AccountForm({ submit, onDone, inviteToken, invitedEmail = null }: Props) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [email, setEmail] = useState(invitedEmail ?? '')
  const [password, setPassword] = useState('')
  const [isChecked, setChecked] = useState(false)
  const register = useMutation({
    networkMode: 'always',
    mutationFn: session.register,
    onSuccess: () => {
      client.clear()
      onDone()
    },
  })
  const code = problemCode(register.error)
  const passwordRefusal = code === 'weak_password' ? problemText(register.error) : undefined
  const errors = {
    email: isChecked && !looksLikeEmail(email) ? t('auth.setUp.emailInvalid') : undefined,
    password:
      isChecked && password.length < SHORTEST_PASSWORD
        ? t('auth.setUp.passwordShort', { count: SHORTEST_PASSWORD })
        : passwordRefusal,
  }
  const isComplete = looksLikeEmail(email) && password.length >= SHORTEST_PASSWORD

  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        setChecked(true)
        if (!isComplete || register.isPending) return
        register.mutate({
          email: email.trim(),
          password,
          language: currentLanguage(),
          ...(inviteToken !== undefined && { invite_token: inviteToken }),
        })
      }}
    >
      {register.error && !passwordRefusal && <FormAlert>{problemText(register.error)}</FormAlert>}
      <Field
        label={t('auth.setUp.email')}
        error={errors.email}
        help={invitedEmail === null ? undefined : t('auth.invite.emailHelp')}
      >
        <Input
          type="email"
          name="email"
          autoComplete="username"
          size="lg"
          maxLength={254}
          autoFocus={invitedEmail === null}
          readOnly={invitedEmail !== null}
          value={email}
          onValueChange={setEmail}
        />
      </Field>
      <NewPasswordField
        label={t('auth.setUp.password')}
        autoFocus={invitedEmail !== null}
        value={password}
        onValueChange={(next) => {
          setPassword(next)
          if (passwordRefusal) register.reset()
        }}
        email={email}
        error={errors.password}
      />
      <Button type="submit" variant="primary" size="lg" pending={register.isPending} className="mt-1">
        {submit}
      </Button>
    </form>
  )
}
