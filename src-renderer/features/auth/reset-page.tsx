import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { resetPassword } from '#contract/auth'
import { Button } from '../../components/ui/button.tsx'
import { ButtonLink } from '../../components/ui/button-link.tsx'
import { call } from '../../lib/api.ts'
import { dropLinkSecret, useLinkSecret } from '../../lib/link-secrets.ts'
import { problemCode, problemText } from '../../lib/problem-text.ts'
import { AuthFrame, frameLinkStyle } from './auth-frame.tsx'
import { SHORTEST_PASSWORD } from './checks.ts'
import { FormAlert } from './form-alert.tsx'
import { NewPasswordField } from './new-password-field.tsx'

/** Sets a new password with the token of a link. */
export function ResetPage() {
  const { t } = useTranslation()
  const token = useLinkSecret('token')
  const [password, setPassword] = useState('')
  const [isChecked, setChecked] = useState(false)
  const reset = useMutation({
    networkMode: 'always',
    mutationFn: () => call(resetPassword, { body: { token: token ?? '', new_password: password } }),
    onSuccess: () => dropLinkSecret('token'),
  })
  const back = (
    <Link to="/sign-in" className={frameLinkStyle}>
      {t('auth.forgot.back')}
    </Link>
  )
  const code = problemCode(reset.error)
  const another = (
    <ButtonLink to="/forgot-password" variant="primary" size="lg" className="w-full">
      {t('auth.reset.another')}
    </ButtonLink>
  )

  if (reset.isSuccess) {
    return (
      <AuthFrame title={t('auth.reset.doneTitle')} lead={<p role="status">{t('auth.reset.done')}</p>}>
        <ButtonLink to="/sign-in" variant="primary" size="lg" className="w-full">
          {t('auth.signIn.submit')}
        </ButtonLink>
      </AuthFrame>
    )
  }
  if (code === 'reset_link_invalid') {
    return (
      <AuthFrame title={t('auth.reset.goneTitle')} lead={<p role="alert">{t('auth.reset.gone')}</p>} links={back}>
        {another}
      </AuthFrame>
    )
  }
  if (!token) {
    return (
      <AuthFrame title={t('auth.reset.missingTitle')} lead={t('auth.reset.missing')} links={back}>
        {another}
      </AuthFrame>
    )
  }
  const isShort = password.length < SHORTEST_PASSWORD
  const isWeak = code === 'weak_password'
  return (
    <AuthFrame title={t('auth.reset.title')} lead={t('auth.reset.lead')} links={back}>
      <form
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          setChecked(true)
          if (!isShort && !reset.isPending) reset.mutate()
        }}
      >
        {reset.error && !isWeak && <FormAlert>{problemText(reset.error)}</FormAlert>}
        <NewPasswordField
          label={t('auth.reset.password')}
          autoFocus
          value={password}
          onValueChange={(next) => {
            setPassword(next)
            if (isWeak) reset.reset()
          }}
          email=""
          error={
            isChecked && isShort
              ? t('auth.setUp.passwordShort', { count: SHORTEST_PASSWORD })
              : isWeak
                ? problemText(reset.error)
                : undefined
          }
        />
        <Button type="submit" variant="primary" size="lg" pending={reset.isPending} className="mt-1">
          {t('auth.reset.submit')}
        </Button>
      </form>
    </AuthFrame>
  )
}
