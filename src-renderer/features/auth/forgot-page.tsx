import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { forgotPassword } from '#contract/auth'
import { Button } from '../../components/ui/button.tsx'
import { Field } from '../../components/ui/field.tsx'
import { Input } from '../../components/ui/input.tsx'
import { call } from '../../lib/api.ts'
import { problemText } from '../../lib/problem-text.ts'
import { AuthFrame, frameLinkStyle } from './auth-frame.tsx'
import { looksLikeEmail } from './checks.ts'
import { FormAlert } from './form-alert.tsx'

/** Asks for a link to a new password. The answer is the same whether the address has an account or not. */
export function ForgotPage() {
  const { t } = useTranslation()
  const [email, setEmail] = useState('')
  const [isChecked, setChecked] = useState(false)
  const ask = useMutation({
    networkMode: 'always',
    mutationFn: () => call(forgotPassword, { body: { email: email.trim() } }),
  })
  const back = (
    <Link to="/sign-in" className={frameLinkStyle}>
      {t('auth.forgot.back')}
    </Link>
  )
  if (ask.data) {
    return (
      <AuthFrame
        title={t(ask.data.mail ? 'auth.forgot.sentTitle' : 'auth.forgot.askTitle')}
        lead={<p role="status">{t(ask.data.mail ? 'auth.forgot.sent' : 'auth.forgot.ask', { email: email.trim() })}</p>}
        links={back}
      />
    )
  }
  return (
    <AuthFrame title={t('auth.forgot.title')} lead={t('auth.forgot.lead')} links={back}>
      <form
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          setChecked(true)
          if (looksLikeEmail(email) && !ask.isPending) ask.mutate()
        }}
      >
        {ask.error && <FormAlert>{problemText(ask.error)}</FormAlert>}
        <Field
          label={t('auth.signIn.email')}
          error={isChecked && !looksLikeEmail(email) ? t('auth.setUp.emailInvalid') : undefined}
        >
          <Input
            type="email"
            name="email"
            autoComplete="username"
            autoFocus
            size="lg"
            maxLength={254}
            value={email}
            onValueChange={setEmail}
          />
        </Field>
        <Button type="submit" variant="primary" size="lg" pending={ask.isPending}>
          {t('auth.forgot.submit')}
        </Button>
      </form>
    </AuthFrame>
  )
}
