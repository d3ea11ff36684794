import { useMutation } from '@tanstack/react-query'
import { useState, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import type { getSignInOptions, MfaRequired } from '#contract/auth'
import type { Output } from '#contract/operation'
import { Button } from '../../components/ui/button.tsx'
import { Field } from '../../components/ui/field.tsx'
import { Input } from '../../components/ui/input.tsx'
import { ApiError } from '../../lib/api.ts'
import { problemText } from '../../lib/problem-text.ts'
import { session } from '../../lib/session.ts'
import { FormAlert } from './form-alert.tsx'
import { OtherWays } from './other-ways.tsx'
import { PasswordInput } from './password-input.tsx'

type Props = {
  options: Output<typeof getSignInOptions> | undefined
  notice: string | undefined
  onTry: () => void
  onChallenge: (challenge: MfaRequired) => void
  onDone: () => void
}

/** Address and password, with the other ways in below. */
export function FirstStep({ options, notice, onTry, onChallenge, onDone }: Props) {
  const { t } = useTranslation()
  const { ended } = useSyncExternalStore(session.subscribe, session.getState)
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const signIn = useMutation({
    networkMode: 'always',
    mutationFn: session.signIn,
    onMutate: onTry,
    onSuccess: (asked) => (asked ? onChallenge(asked) : onDone()),
    onError: () => setPassword(''),
  })
  const isTooFast = signIn.error instanceof ApiError && signIn.error.status === 429
  const told = signIn.error ? (isTooFast ? t('auth.signIn.slow') : problemText(signIn.error)) : notice

  return (
    <>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (!signIn.isPending) signIn.mutate({ email, password })
        }}
      >
        {told ? <FormAlert>{told}</FormAlert> : ended && <FormAlert tone="info">{t('auth.signIn.ended')}</FormAlert>}
        <Field label={t('auth.signIn.email')}>
          <Input
            type="email"
            name="email"
            autoComplete="username"
            // There is nothing else to do on this page.
            autoFocus
            required
            size="lg"
            value={email}
            onValueChange={setEmail}
          />
        </Field>
        <Field label={t('auth.signIn.password')}>
          <PasswordInput
            name="password"
            autoComplete="current-password"
            required
            size="lg"
            value={password}
            onValueChange={setPassword}
          />
        </Field>
        <Button type="submit" variant="primary" size="lg" pending={signIn.isPending} className="mt-1">
          {t('auth.signIn.submit')}
        </Button>
      </form>
      {options && <OtherWays options={options} onDone={onDone} />}
    </>
  )
}
