import { useQuery } from '@tanstack/react-query'
import { Link, useRouter } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { getSignInOptions } from '#contract/auth'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { queryFor } from '../../lib/query.ts'
import { AccountForm } from './account-form.tsx'
import { AuthFrame, frameLinkStyle } from './auth-frame.tsx'
import { OtherWays } from './other-ways.tsx'

/** Makes an account where anybody may; else it says how one comes to have one. */
export function RegisterPage() {
  const { t } = useTranslation()
  const router = useRouter()
  const options = useQuery(queryFor(getSignInOptions, {}))
  const signIn = (
    <Link to="/sign-in" className={frameLinkStyle}>
      {t('auth.register.have')}
    </Link>
  )
  // The route sends on who is signed in.
  const goOn = () => void router.invalidate()

  if (options.data && options.data.registration !== 'open') {
    const isClosed = options.data.registration === 'closed'
    return (
      <AuthFrame
        title={t(isClosed ? 'auth.register.closedTitle' : 'auth.register.invitedTitle')}
        lead={t(isClosed ? 'auth.register.closed' : 'auth.register.invited')}
        links={signIn}
      />
    )
  }
  return (
    <AuthFrame title={t('auth.register.title')} lead={t('auth.register.lead', { host: location.host })} links={signIn}>
      {options.error ? (
        <ErrorState error={options.error} onRetry={() => void options.refetch()} className="py-4" />
      ) : options.data ? (
        <>
          <AccountForm submit={t('auth.register.submit')} onDone={goOn} />
          <OtherWays options={{ ...options.data, passkeys: false }} onDone={goOn} />
        </>
      ) : (
        <div aria-busy aria-label={t('common.loading')} className="flex flex-col gap-4">
          <Skeleton className="h-16 w-full" />
          <Skeleton className="h-28 w-full" />
          <Skeleton className="h-10 w-full" />
        </div>
      )}
    </AuthFrame>
  )
}
