import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useSyncExternalStore } from 'react'
import { Trans, useTranslation } from 'react-i18next'
import { previewInvite } from '#contract/invites'
import type { Output } from '#contract/operation'
import { ButtonLink } from '../../components/ui/button-link.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { ApiError } from '../../lib/api.ts'
import { formatSince } from '../../lib/format.ts'
import { useLinkSecret } from '../../lib/link-secrets.ts'
import { queryFor } from '../../lib/query.ts'
import { session } from '../../lib/session.ts'
import { AcceptInvite } from './accept-invite.tsx'
import { AuthFrame, frameLinkStyle } from './auth-frame.tsx'
import { JoinWithAccount } from './join-with-account.tsx'

/** Where the link of an invitation leads: who invites to what, and the way in for whoever has an account or has none. */
export function InvitePage() {
  const { t } = useTranslation()
  const token = useLinkSecret('token')
  const { status } = useSyncExternalStore(session.subscribe, session.getState)
  const preview = useQuery({
    ...queryFor(previewInvite, { body: { token: token ?? '' } }),
    enabled: token !== undefined && token !== '',
  })
  const home = (
    <ButtonLink to="/" size="lg" className="w-full">
      {t(status === 'signed-in' ? 'auth.invite.home' : 'auth.signIn.submit')}
    </ButtonLink>
  )

  if (!token) {
    return (
      <AuthFrame title={t('auth.invite.missingTitle')} lead={t('auth.invite.missing')}>
        {home}
      </AuthFrame>
    )
  }
  if (preview.error instanceof ApiError && preview.error.status === 404) {
    return (
      <AuthFrame title={t('auth.invite.goneTitle')} lead={t('auth.invite.gone')}>
        {home}
      </AuthFrame>
    )
  }
  if (preview.error) {
    return (
      <AuthFrame title={t('auth.invite.title')} lead={null}>
        <ErrorState error={preview.error} onRetry={() => void preview.refetch()} className="py-4" />
      </AuthFrame>
    )
  }
  if (!preview.data) {
    return (
      <AuthFrame title={t('auth.invite.title')} lead={<Skeleton className="my-0.5 w-64" />}>
        <div aria-busy aria-label={t('common.loading')} className="flex flex-col gap-4">
          <Skeleton className="h-16 w-full" />
          <Skeleton className="h-28 w-full" />
          <Skeleton className="h-10 w-full" />
        </div>
      </AuthFrame>
    )
  }
  const invite = preview.data
  return (
    <AuthFrame
      title={t('auth.invite.join', { organization: invite.organization_name })}
      lead={<InviteLead invite={invite} />}
      links={
        status === 'signed-in' ? undefined : (
          <Link to="/sign-in" search={{ to: '/invite' }} className={frameLinkStyle}>
            {t('auth.invite.have')}
          </Link>
        )
      }
    >
      {status === 'signed-in' ? (
        <AcceptInvite token={token} invite={invite} />
      ) : (
        <JoinWithAccount token={token} email={invite.email} organization={invite.organization_name} />
      )}
    </AuthFrame>
  )
}

function InviteLead({ invite }: { invite: Output<typeof previewInvite> }) {
  const { t } = useTranslation()
  return (
    <>
      <p>
        <Trans
          i18nKey={invite.invited_by === null ? 'auth.invite.fromNobody' : 'auth.invite.from'}
          values={{ who: invite.invited_by, organization: invite.organization_name, host: location.host }}
          components={{ org: <strong className="font-semibold text-text" /> }}
        />
      </p>
      <p className="mt-1">
        {t(`auth.invite.role.${invite.role}`)} {t('auth.invite.expires', { time: formatSince(invite.expires_at) })}
      </p>
    </>
  )
}
