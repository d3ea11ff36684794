import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { getBootstrapStatus } from '#contract/auth'
import { Button } from '../../components/ui/button.tsx'
import { Field } from '../../components/ui/field.tsx'
import { Input } from '../../components/ui/input.tsx'
import { ApiError } from '../../lib/api.ts'
import { problemCode, problemText } from '../../lib/problem-text.ts'
import { queryFor } from '../../lib/query.ts'
import { session } from '../../lib/session.ts'
import { AuthFrame } from './auth-frame.tsx'
import { looksLikeEmail, SHORTEST_PASSWORD as SHORTEST } from './checks.ts'
import { FormAlert } from './form-alert.tsx'
import { PasswordInput } from './password-input.tsx'
import { StrengthMeter } from './strength-meter.tsx'

/** The first page that anybody sees: it makes the administrator, and lets them in. */
export function SetUpPage() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const navigate = useNavigate()
  const needsCode = useQuery(queryFor(getBootstrapStatus, {})).data?.needs_code ?? false
  const [organization, setOrganization] = useState('')
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const [isChecked, setChecked] = useState(false)

  const setUp = useMutation({
    networkMode: 'always',
    mutationFn: session.setUp,
    onSuccess: async () => {
      client.clear()
      await navigate({ to: '/' })
    },
    onError: (error) => {
      // Somebody else was faster, in another tab perhaps.
      if (problemCode(error) === 'already_set_up') {
        void client.invalidateQueries({ queryKey: [getBootstrapStatus.schema.operationId] })
      }
    },
  })

  const isCodeWrong = problemCode(setUp.error) === 'wrong_code'
  const errors = {
    email: isChecked && !looksLikeEmail(email) && t('auth.setUp.emailInvalid'),
    password: isChecked && password.length < SHORTEST && t('auth.setUp.passwordShort', { count: SHORTEST }),
    code:
      (isChecked && needsCode && code.trim() === '' && t('auth.setUp.codeMissing')) ||
      (isCodeWrong && problemText(setUp.error)),
  }
  const isComplete = looksLikeEmail(email) && password.length >= SHORTEST && (!needsCode || code.trim() !== '')

  return (
    <AuthFrame title={t('auth.setUp.title')} lead={t('auth.setUp.lead')}>
      <form
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          setChecked(true)
          if (!isComplete || setUp.isPending) return
          setUp.mutate({
            email: email.trim(),
            password,
            organization_name: organization.trim() || t('auth.setUp.organizationDefault'),
            ...(needsCode && { code: code.trim() }),
          })
        }}
      >
        {setUp.error && !isCodeWrong && (
          <FormAlert>{setUp.error instanceof ApiError ? problemText(setUp.error) : t('problems.bug')}</FormAlert>
        )}
        {needsCode && (
          <Field label={t('auth.setUp.code')} help={t('auth.setUp.codeHelp')} error={errors.code || undefined}>
            <Input
              mono
              size="lg"
              autoFocus
              value={code}
              onValueChange={setCode}
              autoCapitalize="characters"
              spellCheck={false}
            />
          </Field>
        )}
        <Field label={t('auth.setUp.email')} help={t('auth.setUp.emailHelp')} error={errors.email || undefined}>
          <Input
            type="email"
            name="email"
            autoComplete="username"
            size="lg"
            autoFocus={!needsCode}
            value={email}
            onValueChange={setEmail}
          />
        </Field>
        <div>
          <Field label={t('auth.setUp.password')} error={errors.password || undefined}>
            <PasswordInput
              name="password"
              autoComplete="new-password"
              size="lg"
              value={password}
              onValueChange={setPassword}
            />
          </Field>
          <StrengthMeter password={password} email={email} />
        </div>
        <Field label={t('auth.setUp.organization')} help={t('auth.setUp.organizationHelp')} note={t('common.optional')}>
          <Input
            size="lg"
            maxLength={80}
            placeholder={t('auth.setUp.organizationDefault')}
            value={organization}
            onValueChange={setOrganization}
          />
        </Field>
        <Button type="submit" variant="primary" size="lg" pending={setUp.isPending} className="mt-1">
          {t('auth.setUp.submit')}
        </Button>
      </form>
    </AuthFrame>
  )
}
