import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Invite } from '#contract/invites'
import { Button } from '../../components/ui/button.tsx'
import type { Column } from '../../components/ui/column.ts'
import { Table } from '../../components/ui/table.tsx'
import { Expiry, Invitee, InviteRole, Sent } from './invite-facts.tsx'

const keyOf = ({ id }: Invite) => id

export function InviteTable({ invites, onRevoke }: { invites: readonly Invite[]; onRevoke: (invite: Invite) => void }) {
  const { t } = useTranslation()
  const columns = useMemo(
    (): Column<Invite>[] => [
      {
        id: 'who',
        header: t('organizations.invites.who'),
        sortBy: ({ email }) => email,
        cell: (invite) => <Invitee invite={invite} />,
      },
      {
        id: 'role',
        header: t('organizations.invites.role'),
        width: 'w-48',
        sortBy: ({ role }) => role,
        cell: (invite) => <InviteRole invite={invite} />,
      },
      {
        id: 'how',
        header: t('organizations.invites.how'),
        width: 'w-28',
        from: 'md',
        sortBy: ({ mailed_at: at }) => at,
        cell: (invite) => <Sent invite={invite} />,
      },
      {
        id: 'by',
        header: t('organizations.invites.by'),
        width: 'w-52',
        from: 'lg',
        sortBy: ({ invited_by: by }) => by,
        cell: ({ invited_by: by }) => <span className="text-muted">{by ?? t('organizations.invites.gone')}</span>,
      },
      {
        id: 'expires',
        header: t('organizations.invites.expires'),
        width: 'w-32',
        sortBy: ({ expires_at: at }) => at,
        cell: (invite) => <Expiry invite={invite} />,
      },
      {
        id: 'actions',
        header: t('organizations.invites.actions'),
        width: 'w-28',
        align: 'right',
        canHide: false,
        cell: (invite) => (
          <Button
            size="sm"
            variant="ghost"
            aria-label={t('organizations.invites.revokeOf', {
              who: invite.email ?? t('organizations.invites.anybody'),
            })}
            onClick={() => onRevoke(invite)}
          >
            {t('organizations.invites.revoke')}
          </Button>
        ),
      },
    ],
    [t, onRevoke],
  )
  return (
    <Table
      name="invites"
      label={t('organizations.tabs.invites')}
      rows={invites}
      columns={columns}
      rowKey={keyOf}
      sortedAtFirst={{ id: 'expires', desc: false }}
    />
  )
}
