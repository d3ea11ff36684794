import { useTranslation } from 'react-i18next'
import type { Invite } from '#contract/invites'
import { formatDateTime, formatRelative } from '../../lib/format.ts'
import { useNow } from '../../lib/now.ts'

/** The single facts of an invitation, alike in the table and on cards. */

export function Invitee({ invite: { email } }: { invite: Invite }) {
  const { t } = useTranslation()
  return email === null ? (
    <span className="truncate text-muted">{t('organizations.invites.anybody')}</span>
  ) : (
    <span className="truncate font-medium" title={email}>
      {email}
    </span>
  )
}

export function InviteRole({ invite: { role, denials, instances } }: { invite: Invite }) {
  const { t } = useTranslation()
  const isChosen = role === 'user' && denials.includes('instances.create') && instances.length > 0
  return (
    <span>
      {t(`permissions.roles.${role}`)}
      {isChosen && (
        <span className="text-muted">
          {', '}
          {t('organizations.invites.chosen', { count: instances.length })}
        </span>
      )}
    </span>
  )
}

/** "in 3 days", kept true while it is on screen; the exact time on hover. */
export function Expiry({ invite: { expires_at: at } }: { invite: Invite }) {
  const now = useNow(5_000)
  return (
    <time dateTime={at} title={formatDateTime(at)} className="text-muted">
      {formatRelative(Date.parse(at), now)}
    </time>
  )
}

export function Sent({ invite: { mailed_at: at } }: { invite: Invite }) {
  const { t } = useTranslation()
  return (
    <span className="text-muted" title={at === null ? undefined : formatDateTime(at)}>
      {t(at === null ? 'organizations.invites.link' : 'organizations.invites.mailed')}
    </span>
  )
}
