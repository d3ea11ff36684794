import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Member } from '#contract/members'
import { useMe } from '../../lib/me.ts'
import { Factor, LastSeen, MemberBadges, Rights, Shared } from './member-facts.tsx'
import { MemberMenu } from './member-menu.tsx'

/** Members on a phone. */
export function MemberCards({ members }: { members: readonly Member[] }) {
  const { t } = useTranslation()
  const myId = useMe()?.id
  return (
    <ul className="flex flex-col gap-3">
      {members.map((member) => (
        <li key={member.user_id} className="flex flex-col gap-3 rounded-lg border border-border bg-surface p-4">
          <div className="flex items-start gap-2">
            <div className="min-w-0 flex-1">
              <Link
                to="/organization/members/$userId"
                params={{ userId: member.user_id }}
                className="block truncate rounded-sm font-semibold"
              >
                {member.email}
              </Link>
              <p className="flex flex-wrap items-center gap-2 text-muted">
                {t(`permissions.roles.${member.role}`)}
                <MemberBadges member={member} isMe={member.user_id === myId} />
              </p>
            </div>
            <span className="-mt-1 -mr-2">
              <MemberMenu member={member} />
            </span>
          </div>
          <dl className="grid grid-cols-2 gap-x-4 gap-y-2 [&_dt]:text-sm [&_dt]:text-muted">
            <div>
              <dt>{t('organizations.members.factor')}</dt>
              <dd>
                <Factor member={member} />
              </dd>
            </div>
            <div>
              <dt>{t('organizations.members.seen')}</dt>
              <dd>
                <LastSeen member={member} />
              </dd>
            </div>
            <div>
              <dt>{t('organizations.members.rights')}</dt>
              <dd>
                <Rights member={member} />
              </dd>
            </div>
            <div>
              <dt>{t('organizations.members.shared')}</dt>
              <dd>
                <Shared member={member} />
              </dd>
            </div>
          </dl>
        </li>
      ))}
    </ul>
  )
}
