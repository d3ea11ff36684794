import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useRouter } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { getSignInOptions, type MfaRequired } from '#contract/auth'
import { Spinner } from '../../components/ui/spinner.tsx'
import { dropLinkSecret, useLinkSecret } from '../../lib/link-secrets.ts'
import { problemText } from '../../lib/problem-text.ts'
import { queryFor } from '../../lib/query.ts'
import { session } from '../../lib/session.ts'
import { AuthFrame, frameLinkStyle } from './auth-frame.tsx'
import { FirstStep } from './first-step.tsx'
import { githubText } from './github-text.ts'
import { SecondStep } from './second-step.tsx'

/** The way in: a password, a passkey or GitHub, and then the second factor of those who have one. */
export function SignInPage() {
  const { t } = useTranslation()
  const router = useRouter()
  const options = useQuery(queryFor(getSignInOptions, {})).data
  const [challenge, setChallenge] = useState<MfaRequired>()
  /** Why one is back at the first step. */
  const [notice, setNotice] = useState<string>()
  // The route sends on who is signed in, to where they wanted to go.
  const goOn = () => void router.invalidate()

  const exchange = useMutation({
    mutationFn: session.exchange,
    onSuccess: (asked) => (asked ? setChallenge(asked) : goOn()),
    onError: (error) => setNotice(problemText(error)),
  })
  const code = useLinkSecret('github_code')
  const refusal = useLinkSecret('github_error')
  const spent = useRef<string>(undefined)
  const trade = exchange.mutate
  useEffect(() => {
    // Good once, and effects may run twice.
    if (code === undefined || spent.current === code) return
    spent.current = code
    dropLinkSecret('github_code')
    trade(code)
  }, [code, trade])

  if (challenge) {
    return (
      <SecondStep
        challenge={challenge}
        onDone={goOn}
        onGone={(why) => {
          setChallenge(undefined)
          setNotice(why)
        }}
      />
    )
  }
  if (exchange.isPending) {
    return (
      <AuthFrame title={t('auth.signIn.title')} lead={t('auth.signIn.returning')}>
        <div className="grid h-20 place-items-center">
          <Spinner />
        </div>
      </AuthFrame>
    )
  }
  return (
    <AuthFrame
      title={t('auth.signIn.title')}
      lead={t('auth.signIn.lead', { host: location.host })}
      links={
        <>
          <Link to="/forgot-password" className={frameLinkStyle}>
            {t('auth.signIn.forgot')}
          </Link>
          {options?.registration === 'open' && (
            <Link to="/register" className={frameLinkStyle}>
              {t('auth.signIn.register')}
            </Link>
          )}
        </>
      }
    >
      <FirstStep
        options={options}
        notice={notice ?? (refusal === undefined ? undefined : githubText(refusal))}
        onTry={() => {
          setNotice(undefined)
          dropLinkSecret('github_error')
        }}
        onChallenge={setChallenge}
        onDone={goOn}
      />
    </AuthFrame>
  )
}
