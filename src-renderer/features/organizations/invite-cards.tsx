import { useTranslation } from 'react-i18next'
import type { Invite } from '#contract/invites'
import { Button } from '../../components/ui/button.tsx'
import { Expiry, Invitee, InviteRole, Sent } from './invite-facts.tsx'

/** Open invitations on a phone. */
export function InviteCards({ invites, onRevoke }: { invites: readonly Invite[]; onRevoke: (invite: Invite) => void }) {
  const { t } = useTranslation()
  return (
    <ul className="flex flex-col gap-3">
      {invites.map((invite) => (
        <li key={invite.id} className="flex flex-col gap-2 rounded-lg border border-border bg-surface p-4">
          <div className="flex items-start gap-2">
            <div className="flex min-w-0 flex-1 flex-col">
              <Invitee invite={invite} />
              <InviteRole invite={invite} />
            </div>
            <Button
              size="sm"
              aria-label={t('organizations.invites.revokeOf', {
                who: invite.email ?? t('organizations.invites.anybody'),
              })}
              onClick={() => onRevoke(invite)}
            >
              {t('organizations.invites.revoke')}
            </Button>
          </div>
          <dl className="grid grid-cols-2 gap-4 [&_dt]:text-sm [&_dt]:text-muted">
            <div>
              <dt>{t('organizations.invites.expires')}</dt>
              <dd>
                <Expiry invite={invite} />
              </dd>
            </div>
            <div>
              <dt>{t('organizations.invites.how')}</dt>
              <dd>
                <Sent invite={invite} />
              </dd>
            </div>
          </dl>
        </li>
      ))}
    </ul>
  )
}
