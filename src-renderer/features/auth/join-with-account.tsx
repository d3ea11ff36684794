import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { getSignInOptions } from '#contract/auth'
import { toast } from '../../components/ui/toast.tsx'
import { dropLinkSecret } from '../../lib/link-secrets.ts'
import { queryFor } from '../../lib/query.ts'
import { AccountForm } from './account-form.tsx'
import { OtherWays } from './other-ways.tsx'

type Props = { token: string; email: string | null; organization: string }

/** For who has no account yet: making one accepts the invitation. */
export function JoinWithAccount({ token, email, organization }: Props) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const options = useQuery(queryFor(getSignInOptions, {})).data
  const goOn = () => {
    dropLinkSecret('token')
    toast({ title: t('auth.invite.joined', { organization }), tone: 'done' })
    void navigate({ to: '/' })
  }
  return (
    <>
      <AccountForm submit={t('auth.invite.register')} inviteToken={token} invitedEmail={email} onDone={goOn} />
      {options && <OtherWays options={options} inviteToken={token} onDone={goOn} />}
    </>
  )
}
