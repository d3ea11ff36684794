import { useMutation } from '@tanstack/react-query'
import { KeyRound } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { MfaRequired } from '#contract/auth'
import { Button } from '../../components/ui/button.tsx'
import { Field } from '../../components/ui/field.tsx'
import { Input } from '../../components/ui/input.tsx'
import { problemCode } from '../../lib/problem-text.ts'
import { session } from '../../lib/session.ts'
import { CodeField } from '../factors/code-field.tsx'
import { codeProblem } from '../factors/code-problem.ts'
import { passkeyText, signInWithPasskey } from '../factors/passkeys.ts'
import { AuthFrame, frameLinkStyle } from './auth-frame.tsx'
import { FormAlert } from './form-alert.tsx'

type Method = MfaRequired['methods'][number]
type Props = {
  challenge: MfaRequired
  onDone: () => void
  /** The challenge is over: one starts again, and is told why. */
  onGone: (why: string | undefined) => void
}

const leads = {
  totp: 'auth.second.leadTotp',
  passkey: 'auth.second.leadPasskey',
  recovery_code: 'auth.second.leadRecovery',
} as const
const switches = {
  totp: 'auth.second.useTotp',
  passkey: 'auth.second.usePasskey',
  recovery_code: 'auth.second.useRecovery',
} as const
const order: readonly Method[] = ['totp', 'passkey', 'recovery_code']

/** The second step: six digits, a passkey, or a recovery code for who has lost both. */
export function SecondStep({ challenge, onDone, onGone }: Props) {
  const { t } = useTranslation()
  const methods = order.filter((method) => challenge.methods.includes(method))
  const [method, setMethod] = useState<Method>(methods[0] ?? 'recovery_code')
  const [code, setCode] = useState('')
  const leave = (error: unknown) => {
    setCode('')
    if (problemCode(error) === 'challenge_expired') onGone(t('auth.second.gone'))
  }
  const finish = useMutation({
    networkMode: 'always',
    mutationFn: (typed: string) => session.finish({ challenge_token: challenge.challenge_token, code: typed }),
    onSuccess: onDone,
    onError: leave,
  })
  const passkey = useMutation({
    networkMode: 'always',
    mutationFn: () => signInWithPasskey(challenge.challenge_token),
    onSuccess: onDone,
    onError: leave,
  })
  const send = (typed: string) => {
    if (!finish.isPending) finish.mutate(typed)
  }
  const isWrongRecovery = method === 'recovery_code' && problemCode(finish.error) === 'wrong_code'
  const told = finish.error ? (isWrongRecovery ? t('auth.second.wrongRecovery') : codeProblem(finish.error)) : undefined

  return (
    <AuthFrame
      title={t('auth.second.title')}
      lead={t(leads[method])}
      links={
        <button type="button" className={frameLinkStyle} onClick={() => onGone(undefined)}>
          {t('auth.second.again')}
        </button>
      }
    >
      <form
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (code.trim().length >= 6) send(code.trim())
        }}
      >
        {method === 'totp' && (
          <CodeField autoFocus value={code} onValueChange={setCode} onComplete={send} error={told} />
        )}
        {method === 'recovery_code' && (
          <Field label={t('auth.second.recoveryLabel')} error={told}>
            <Input mono size="lg" autoFocus maxLength={32} spellCheck={false} value={code} onValueChange={setCode} />
          </Field>
        )}
        {method === 'passkey' && (
          <>
            {passkey.error && <FormAlert>{passkeyText(passkey.error)}</FormAlert>}
            <Button variant="primary" size="lg" autoFocus pending={passkey.isPending} onClick={() => passkey.mutate()}>
              <KeyRound aria-hidden size={16} /> {t('auth.second.usePasskey')}
            </Button>
          </>
        )}
        {method !== 'passkey' && (
          <Button
            type="submit"
            variant="primary"
            size="lg"
            disabled={code.trim().length < 6 && !finish.isPending}
            pending={finish.isPending}
          >
            {t('auth.second.submit')}
          </Button>
        )}
      </form>
      <div className="mt-3 flex flex-col gap-1">
        {methods
          .filter((other) => other !== method)
          .map((other) => (
            <Button
              key={other}
              variant="ghost"
              onClick={() => {
                finish.reset()
                setCode('')
                setMethod(other)
              }}
            >
              {t(switches[other])}
            </Button>
          ))}
      </div>
    </AuthFrame>
  )
}
