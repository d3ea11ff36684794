import { useQuery } from '@tanstack/react-query'
import type { Static } from 'typebox'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { getInventoryUsers, type SystemUser } from '#contract/inventory'
import type { FleetNode } from '#contract/nodes'
import { Badge } from '../../components/ui/badge.tsx'
import { Card, CardHead } from '../../components/ui/card.tsx'
import type { Column } from '../../components/ui/column.ts'
import { Table } from '../../components/ui/table.tsx'
import { isAway } from '../../lib/away.ts'
import { queryFor } from '../../lib/query.ts'
import { ReadAt, Reading, SLOW_MS } from './reading.tsx'

type User = Static<typeof SystemUser>
const keyOf = ({ name, uid }: User) => `${name} ${uid}`

export function UsersSection({ node }: { node: FleetNode }) {
  const { t } = useTranslation()
  const away = isAway(node)
  const query = useQuery({
    ...queryFor(getInventoryUsers, { params: { id: node.id } }),
    enabled: !away,
    refetchInterval: SLOW_MS,
  })
  const columns = useMemo(
    (): Column<User>[] => [
      {
        id: 'name',
        header: t('inventory.users.name'),
        sortBy: ({ name }) => name,
        cell: ({ name, sessions }) => (
          <span className="flex items-center gap-2">
            <span className="truncate font-medium">{name}</span>
            {sessions > 0 && <Badge tone="running">{t('inventory.users.sessions', { count: sessions })}</Badge>}
          </span>
        ),
      },
      {
        id: 'login',
        header: t('inventory.users.login'),
        width: 'w-28',
        sortBy: ({ can_log_in }) => Number(!can_log_in),
        cell: ({ can_log_in }) => t(can_log_in ? 'inventory.users.canLogIn' : 'inventory.users.service'),
      },
      {
        id: 'uid',
        header: t('inventory.users.uid'),
        width: 'w-20',
        align: 'right',
        sortBy: ({ uid }) => uid,
        cell: ({ uid }) => uid,
      },
      {
        id: 'groups',
        header: t('inventory.users.groups'),
        from: 'md',
        cell: ({ groups }) => <span title={groups.join(', ')}>{groups.join(', ') || '–'}</span>,
      },
      {
        id: 'home',
        header: t('inventory.users.home'),
        from: 'md',
        sortBy: ({ home }) => home,
        cell: ({ home }) => <span className="font-mono text-sm">{home}</span>,
      },
      {
        id: 'shell',
        header: t('inventory.users.shell'),
        width: 'w-40',
        from: 'lg',
        sortBy: ({ shell }) => shell,
        cell: ({ shell }) => <span className="font-mono text-sm">{shell || '–'}</span>,
      },
    ],
    [t],
  )
  return (
    <Reading node={node} query={query}>
      {({ at, users }) => (
        <Card aria-labelledby="users" className="overflow-clip">
          <CardHead id="users" title={t('inventory.sections.users')} action={<ReadAt at={at} isStale={away} />} />
          <Table
            name="inventory-users"
            label={t('inventory.sections.users')}
            rows={users}
            columns={columns}
            rowKey={keyOf}
          />
        </Card>
      )}
    </Reading>
  )
}
