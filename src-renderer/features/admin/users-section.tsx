import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Users } from 'lucide-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { listAdminUsers, type User } from '#contract/users'
import { RelativeTime } from '../../components/relative-time.tsx'
import { SearchField } from '../../components/search-field.tsx'
import { Badge } from '../../components/ui/badge.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Card } from '../../components/ui/card.tsx'
import type { Column } from '../../components/ui/column.ts'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { Select } from '../../components/ui/select.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { StatusDot } from '../../components/ui/status-dot.tsx'
import { Table } from '../../components/ui/table.tsx'
import { pagesFor } from '../../lib/query.ts'
import { present } from '../../lib/search.ts'
import { CreateUser } from './create-user.tsx'
import { UserMenu } from './user-menu.tsx'

const route = getRouteApi('/shell/admin')
const keyOf = ({ id }: User) => id

/** Everybody with an account here. */
export function UsersSection() {
  const { t } = useTranslation()
  const { search = '', state } = route.useSearch()
  const navigate = route.useNavigate()
  const list = useInfiniteQuery(pagesFor(listAdminUsers, { query: present({ search, state, limit: 100 }) }))
  const filter = (next: { search?: string | undefined; state?: typeof state | undefined }) =>
    void navigate({ search: (now) => present({ ...now, ...next }), replace: true, resetScroll: false })
  const users = list.data ?? []
  return (
    <>
      <div className="mb-4 flex flex-wrap items-center gap-2">
        <SearchField
          label={t('admin.users.search')}
          value={search}
          onValueChange={(next) => filter({ search: next === '' ? undefined : next })}
        />
        <Select
          label={t('admin.users.state')}
          className="w-auto min-w-32"
          value={state ?? 'any'}
          onValueChange={(next) => filter({ state: next === 'any' ? undefined : next })}
          options={[
            { value: 'any' as const, label: t('admin.users.anyState') },
            { value: 'active' as const, label: t('admin.users.active') },
            { value: 'suspended' as const, label: t('admin.users.suspended') },
          ]}
        />
        <div className="ml-auto">
          <CreateUser />
        </div>
      </div>
      <Card className="overflow-clip">
        {list.isPending ? (
          <SkeletonRows rows={6} />
        ) : list.isError ? (
          <ErrorState error={list.error} title={t('admin.failed')} onRetry={() => void list.refetch()} />
        ) : users.length === 0 ? (
          <EmptyState icon={Users} title={t('common.noMatch', { search })}>
            {t('common.noMatchHelp')}
          </EmptyState>
        ) : (
          <UserTable users={users} />
        )}
      </Card>
      {list.hasNextPage && (
        <div className="mt-4 flex justify-center">
          <Button pending={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t('common.loadMore')}
          </Button>
        </div>
      )}
    </>
  )
}

function UserTable({ users }: { users: readonly User[] }) {
  const { t } = useTranslation()
  const columns = useMemo(
    (): Column<User>[] => [
      {
        id: 'email',
        header: t('admin.users.email'),
        sortBy: ({ email }) => email,
        cell: ({ email, platform_role: role }) => (
          <span className="flex min-w-0 items-center gap-2">
            <span className="truncate font-medium">{email}</span>
            {role === 'admin' && <Badge tone="accent">{t('admin.users.admin')}</Badge>}
          </span>
        ),
      },
      {
        id: 'state',
        header: t('admin.users.state'),
        width: 'w-28',
        from: 'sm',
        sortBy: ({ suspended_at: at }) => at,
        cell: ({ suspended_at: at }) => (
          <StatusDot tone={at === null ? 'running' : 'error'}>
            {t(at === null ? 'admin.users.active' : 'admin.users.suspended')}
          </StatusDot>
        ),
      },
      {
        id: 'mfa',
        header: t('admin.users.mfa'),
        width: 'w-34',
        from: 'md',
        sortBy: ({ mfa_enabled: is }) => (is ? 0 : 1),
        cell: ({ mfa_enabled: is }) => (
          <span className="text-muted">{t(is ? 'admin.users.mfaOn' : 'admin.users.mfaOff')}</span>
        ),
      },
      {
        id: 'organizations',
        header: t('admin.users.organizations'),
        width: 'w-36',
        from: 'xl',
        cell: ({ organizations }) => (
          <span className="truncate text-muted">{organizations.map(({ name }) => name).join(', ') || '–'}</span>
        ),
      },
      {
        id: 'seen',
        header: t('admin.users.lastSignIn'),
        width: 'w-32',
        from: 'md',
        sortBy: ({ last_sign_in_at: at }) => at,
        cell: ({ last_sign_in_at: at }) =>
          at === null ? (
            <span className="text-muted">{t('common.never')}</span>
          ) : (
            <RelativeTime at={at} className="text-muted" />
          ),
      },
      {
        id: 'actions',
        header: t('admin.users.actions'),
        width: 'w-16',
        align: 'right',
        canHide: false,
        cell: (user) => <UserMenu user={user} />,
      },
    ],
    [t],
  )
  return <Table name="admin-users" label={t('admin.sections.users')} rows={users} columns={columns} rowKey={keyOf} />
}
