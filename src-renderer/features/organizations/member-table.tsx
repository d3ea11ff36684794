import { Link, useNavigate } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Member } from '#contract/members'
import { roles } from '#contract/permissions'
import type { Column } from '../../components/ui/column.ts'
import { Table } from '../../components/ui/table.tsx'
import { useMe } from '../../lib/me.ts'
import { Factor, LastSeen, MemberBadges, Rights, Shared } from './member-facts.tsx'
import { MemberMenu } from './member-menu.tsx'

const keyOf = ({ user_id: id }: Member) => id

export function MemberTable({ members }: { members: readonly Member[] }) {
  const { t } = useTranslation()
  const myId = useMe()?.id
  const navigate = useNavigate()
  const open = useCallback(
    ({ user_id: userId }: Member) => void navigate({ to: '/organization/members/$userId', params: { userId } }),
    [navigate],
  )
  const columns = useMemo(
    (): Column<Member>[] => [
      {
        id: 'email',
        header: t('organizations.members.email'),
        sortBy: ({ email }) => email,
        cell: (member) => (
          <span className="flex min-w-0 items-center gap-2">
            <Link
              to="/organization/members/$userId"
              params={{ userId: member.user_id }}
              tabIndex={-1}
              title={member.email}
              className="truncate rounded-sm font-medium hover:underline"
            >
              {member.email}
            </Link>
            <MemberBadges member={member} isMe={member.user_id === myId} />
          </span>
        ),
      },
      {
        id: 'role',
        header: t('organizations.members.role'),
        width: 'w-32',
        sortBy: ({ role }) => roles.indexOf(role),
        cell: ({ role }) => t(`permissions.roles.${role}`),
      },
      {
        id: 'factor',
        header: t('organizations.members.factor'),
        width: 'w-32',
        from: 'md',
        sortBy: ({ mfa_enabled: isOn }) => (isOn ? 1 : 0),
        cell: (member) => <Factor member={member} />,
      },
      {
        id: 'rights',
        header: t('organizations.members.rights'),
        width: 'w-44',
        from: 'lg',
        sortBy: ({ grants, denials }) => grants.length + denials.length,
        cell: (member) => <Rights member={member} />,
      },
      {
        id: 'shared',
        header: t('organizations.members.shared'),
        width: 'w-36',
        from: 'xl',
        sortBy: ({ shared_instances: count }) => count,
        cell: (member) => <Shared member={member} />,
      },
      {
        id: 'seen',
        header: t('organizations.members.seen'),
        width: 'w-36',
        from: 'md',
        sortBy: ({ last_seen_at: at }) => at,
        cell: (member) => <LastSeen member={member} />,
      },
      {
        id: 'actions',
        header: t('organizations.members.actions'),
        width: 'w-20',
        align: 'right',
        canHide: false,
        cell: (member) => <MemberMenu member={member} />,
      },
    ],
    [t, myId],
  )
  return (
    <Table
      name="members"
      label={t('organizations.tabs.members')}
      rows={members}
      columns={columns}
      rowKey={keyOf}
      onOpen={open}
      sortedAtFirst={{ id: 'email', desc: false }}
    />
  )
}
