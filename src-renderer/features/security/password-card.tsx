import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { getMe } from '#contract/auth'
import { listSessions, updatePassword } from '#contract/users'
import { Button } from '../../components/ui/button.tsx'
import { Card, CardBody, CardHead } from '../../components/ui/card.tsx'
import { Field } from '../../components/ui/field.tsx'
import { toast } from '../../components/ui/toast.tsx'
import { useMe } from '../../lib/me.ts'
import { problemCode, problemText } from '../../lib/problem-text.ts'
import { mutationFor } from '../../lib/query.ts'
import { SHORTEST_PASSWORD } from '../auth/checks.ts'
import { NewPasswordField } from '../auth/new-password-field.tsx'
import { PasswordInput } from '../auth/password-input.tsx'

export function PasswordCard() {
  const { t } = useTranslation()
  const me = useMe()
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const [isChecked, setChecked] = useState(false)
  const change = useMutation({
    ...mutationFor(useQueryClient(), updatePassword, [getMe, listSessions]),
    onSuccess: () => {
      setCurrent('')
      setNext('')
      setChecked(false)
      toast({ title: t('security.password.changed'), tone: 'done' })
    },
  })
  const hasPassword = me?.has_password ?? true
  const code = problemCode(change.error)
  const refusal = change.error ? problemText(change.error) : undefined
  const isAboutCurrent = code === 'wrong_password' || code === 'current_password_needed'
  const isShort = next.length < SHORTEST_PASSWORD
  const errors = {
    current:
      isChecked && hasPassword && current === ''
        ? t('security.password.currentMissing')
        : isAboutCurrent
          ? refusal
          : undefined,
    next:
      isChecked && isShort
        ? t('auth.setUp.passwordShort', { count: SHORTEST_PASSWORD })
        : code === 'weak_password'
          ? refusal
          : undefined,
  }
  const isElsewhere = refusal !== undefined && !isAboutCurrent && code !== 'weak_password'
  const type = (set: (value: string) => void) => (value: string) => {
    set(value)
    if (change.error) change.reset()
  }

  return (
    <Card aria-labelledby="password">
      <CardHead id="password" title={t('security.password.title')} />
      <CardBody>
        <form
          noValidate
          className="flex max-w-88 flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault()
            setChecked(true)
            if (isShort || (hasPassword && current === '') || change.isPending) return
            change.mutate({ body: { new_password: next, ...(hasPassword && { current_password: current }) } })
          }}
        >
          {!hasPassword && <p className="text-muted">{t('security.password.none')}</p>}
          {/* Password managers learn from it whose password this is. */}
          <input type="text" name="username" autoComplete="username" value={me?.email ?? ''} readOnly hidden />
          {hasPassword && (
            <Field label={t('security.password.current')} error={errors.current}>
              <PasswordInput
                name="current-password"
                autoComplete="current-password"
                maxLength={256}
                value={current}
                onValueChange={type(setCurrent)}
              />
            </Field>
          )}
          <NewPasswordField
            label={t('security.password.next')}
            size="md"
            value={next}
            onValueChange={type(setNext)}
            email={me?.email ?? ''}
            error={errors.next}
          />
          {isElsewhere && (
            <p role="alert" className="text-error">
              {refusal}
            </p>
          )}
          <Button type="submit" variant="primary" pending={change.isPending} className="self-start">
            {t(hasPassword ? 'security.password.change' : 'security.password.set')}
          </Button>
        </form>
      </CardBody>
    </Card>
  )
}
