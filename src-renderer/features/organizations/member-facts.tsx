import { useTranslation } from 'react-i18next'
import type { Member } from '#contract/members'
import { RelativeTime } from '../../components/relative-time.tsx'
import { Badge } from '../../components/ui/badge.tsx'
import { StatusDot } from '../../components/ui/status-dot.tsx'

/** The single facts of a member, alike in the table and on cards. */

export function MemberBadges({ member, isMe }: { member: Member; isMe: boolean }) {
  const { t } = useTranslation()
  return (
    <>
      {isMe && <Badge tone="outline">{t('organizations.members.you')}</Badge>}
      {member.suspended && <Badge tone="error">{t('organizations.members.suspended')}</Badge>}
    </>
  )
}

export function Factor({ member: { mfa_enabled: isOn } }: { member: Member }) {
  const { t } = useTranslation()
  return (
    <StatusDot tone={isOn ? 'running' : 'unknown'}>
      {t(isOn ? 'organizations.members.factorOn' : 'organizations.members.factorOff')}
    </StatusDot>
  )
}

export function Rights({ member: { grants, denials } }: { member: Member }) {
  const { t } = useTranslation()
  if (grants.length + denials.length === 0) {
    return <span className="text-muted">{t('organizations.members.byRole')}</span>
  }
  return (
    <span className="inline-flex gap-1">
      {grants.length > 0 && (
        <Badge tone="running">{t('organizations.members.granted', { count: grants.length })}</Badge>
      )}
      {denials.length > 0 && <Badge tone="busy">{t('organizations.members.denied', { count: denials.length })}</Badge>}
    </span>
  )
}

export function Shared({ member: { shared_instances: count } }: { member: Member }) {
  const { t } = useTranslation()
  return count === 0 ? (
    <span className="text-muted">–</span>
  ) : (
    <span className="tabular">{t('organizations.members.sharedCount', { count })}</span>
  )
}

export function LastSeen({ member: { last_seen_at: at } }: { member: Member }) {
  const { t } = useTranslation()
  return at === null ? (
    <span className="text-muted">{t('common.never')}</span>
  ) : (
    <RelativeTime at={at} className="text-muted" />
  )
}
