import { useMutation } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useState, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../components/ui/button.tsx'
import { Field } from '../../components/ui/field.tsx'
import { Input } from '../../components/ui/input.tsx'
import { ApiError } from '../../lib/api.ts'
import { problemText } from '../../lib/problem-text.ts'
import { session } from '../../lib/session.ts'
import { AuthFrame } from './auth-frame.tsx'
import { FormAlert } from './form-alert.tsx'
import { PasswordInput } from './password-input.tsx'

export function SignInPage() {
  const { t } = useTranslation()
  const router = useRouter()
  const { ended } = useSyncExternalStore(session.subscribe, session.getState)
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const signIn = useMutation({
    networkMode: 'always',
    mutationFn: session.signIn,
    // The route sends on who is signed in, to where they wanted to go.
    onSuccess: () => router.invalidate(),
    onError: () => setPassword(''),
  })
  const isTooFast = signIn.error instanceof ApiError && signIn.error.status === 429

  return (
    <AuthFrame title={t('auth.signIn.title')} lead={t('auth.signIn.lead', { host: location.host })}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (!signIn.isPending) signIn.mutate({ email, password })
        }}
      >
        {signIn.error ? (
          <FormAlert>{isTooFast ? t('auth.signIn.slow') : problemText(signIn.error)}</FormAlert>
        ) : (
          ended && <FormAlert tone="info">{t('auth.signIn.ended')}</FormAlert>
        )}
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
    </AuthFrame>
  )
}
