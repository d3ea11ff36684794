import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { getMe } from '#contract/auth'
import type { Output } from '#contract/operation'
import { acceptInvite, type previewInvite } from '#contract/invites'
import { Button } from '../../components/ui/button.tsx'
import { ButtonLink } from '../../components/ui/button-link.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { toast } from '../../components/ui/toast.tsx'
import { call } from '../../lib/api.ts'
import { dropLinkSecret } from '../../lib/link-secrets.ts'
import { problemCode, problemText } from '../../lib/problem-text.ts'
import { queryFor } from '../../lib/query.ts'
import { session } from '../../lib/session.ts'
import { FormAlert } from './form-alert.tsx'

type Props = { token: string; invite: Output<typeof previewInvite> }

const isSame = (one: string, other: string) => one.trim().toLowerCase() === other.trim().toLowerCase()

/** For who is signed in: one button, or why it is not theirs. */
export function AcceptInvite({ token, invite }: Props) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const navigate = useNavigate()
  const me = useQuery(queryFor(getMe, {})).data
  const accept = useMutation({
    networkMode: 'always',
    mutationFn: () => call(acceptInvite, { params: { token } }),
    onSuccess: async (organization) => {
      dropLinkSecret('token')
      session.chooseOrganization(organization.id)
      client.clear()
      toast({ title: t('auth.invite.joined', { organization: organization.name }), tone: 'done' })
      await navigate({ to: '/' })
    },
  })
  const leave = async () => {
    await session.signOut()
    // Nothing of the last person may stay.
    client.clear()
  }
  if (!me) return <Skeleton className="h-10 w-full" />

  const isForAnother =
    (invite.email !== null && !isSame(invite.email, me.email)) || problemCode(accept.error) === 'invite_for_another'
  if (isForAnother) {
    return (
      <div className="flex flex-col gap-4">
        <FormAlert>
          <strong className="font-semibold">{t('auth.invite.otherTitle')}.</strong>{' '}
          {t('auth.invite.other', { invited: invite.email ?? '…', email: me.email })}
        </FormAlert>
        <Button size="lg" onClick={() => void leave()}>
          {t('auth.invite.signOut')}
        </Button>
      </div>
    )
  }
  if (me.must_enroll_mfa) {
    return (
      <div className="flex flex-col gap-4">
        <FormAlert tone="info">{t('auth.invite.factorFirst')}</FormAlert>
        <ButtonLink to="/secure-account" search={{ to: '/invite' }} variant="primary" size="lg">
          {t('auth.invite.setUpFactor')}
        </ButtonLink>
      </div>
    )
  }
  return (
    <div className="flex flex-col gap-4">
      {accept.error && (
        <FormAlert>
          {problemCode(accept.error) === 'already_member' ? t('auth.invite.member') : problemText(accept.error)}
        </FormAlert>
      )}
      <p>{t('auth.invite.signedInAs', { email: me.email })}</p>
      <Button variant="primary" size="lg" pending={accept.isPending} onClick={() => accept.mutate()}>
        {t('auth.invite.accept')}
      </Button>
      <Button variant="ghost" onClick={() => void leave()}>
        {t('auth.invite.signOut')}
      </Button>
    </div>
  )
}
