import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { enrollMfa, verifyMfa } from '#contract/mfa'
import { Button } from '../../components/ui/button.tsx'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { call } from '../../lib/api.ts'
import { CodeField } from './code-field.tsx'
import { codeProblem } from './code-problem.ts'
import { QrCode } from './qr-code.tsx'

/** JBSW Y3DP …: read aloud and typed in fours. */
const inFours = (secret: string) => secret.match(/.{1,4}/g)?.join(' ') ?? secret

/** Binds an authenticator app. Nothing changes before a code of it was right; then the recovery codes are handed on. */
export function EnrollApp({ onDone }: { onDone: (recoveryCodes: string[]) => void }) {
  const { t } = useTranslation()
  const [code, setCode] = useState('')
  const secret = useQuery({
    queryKey: ['enrollMfa.begin'],
    queryFn: () => call(enrollMfa, {}),
    // Each time it is opened it begins anew, and looking at another window in between does not.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
  })
  const verify = useMutation({
    mutationFn: (digits: string) => call(verifyMfa, { body: { code: digits } }),
    onSuccess: ({ recovery_codes }) => onDone(recovery_codes),
    onError: () => setCode(''),
  })
  const check = (digits: string) => {
    if (!verify.isPending) verify.mutate(digits)
  }

  if (secret.error) {
    return <ErrorState error={secret.error} title={t('factors.app.failed')} onRetry={() => void secret.refetch()} />
  }
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        if (code.length === 6) check(code)
      }}
    >
      <p className="text-muted">{t('factors.app.scan')}</p>
      <div className="flex flex-wrap items-center gap-x-5 gap-y-4">
        {secret.data ? (
          <QrCode text={secret.data.otpauth_uri} label={t('factors.app.qr')} />
        ) : (
          <Skeleton className="size-44 rounded-md" />
        )}
        <div className="min-w-0 flex-1 basis-44">
          <p className="text-sm text-muted">{t('factors.app.manual')}</p>
          {secret.data ? (
            <div className="mt-1 flex items-start gap-1">
              <code data-testid="totp-secret" className="min-w-0 font-mono leading-6 break-words select-all">
                {inFours(secret.data.secret)}
              </code>
              <CopyButton text={secret.data.secret} label={t('factors.app.copySecret')} />
            </div>
          ) : (
            <Skeleton className="mt-1 h-12 w-full" />
          )}
        </div>
      </div>
      <CodeField
        label={t('factors.app.enterCode')}
        value={code}
        onValueChange={setCode}
        onComplete={check}
        disabled={!secret.data}
        error={verify.error ? codeProblem(verify.error) : undefined}
      />
      <Button
        type="submit"
        variant="primary"
        size="lg"
        disabled={code.length < 6 && !verify.isPending}
        pending={verify.isPending}
      >
        {t('factors.app.verify')}
      </Button>
    </form>
  )
}
