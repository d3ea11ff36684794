import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { SearchX, UserPlus } from 'lucide-react'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import type { Me } from '#contract/auth'
import { listMembers } from '#contract/members'
import { SearchField } from '../../components/search-field.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Card } from '../../components/ui/card.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { pagesFor } from '../../lib/query.ts'
import { present } from '../../lib/search.ts'
import { phone, useMedia } from '../../lib/use-media.ts'
import { MemberActionsProvider } from './member-actions.tsx'
import { MemberCards } from './member-cards.tsx'
import { MemberTable } from './member-table.tsx'

const route = getRouteApi('/shell/organization')

/** Who belongs to the organization, and what can be done about each of them. */
export function MembersTab({ me, orgId, onInvite }: { me: Me; orgId: string; onInvite?: () => void }) {
  const { t } = useTranslation()
  const navigate = route.useNavigate()
  const { search = '' } = route.useSearch()
  const isPhone = useMedia(phone)
  const list = useInfiniteQuery(
    pagesFor(listMembers, { params: { orgId }, query: { limit: 100, ...(search && { search }) } }),
  )
  const setSearch = useCallback(
    (text: string) =>
      void navigate({
        search: (now) => present({ ...now, search: text }),
        replace: true,
        resetScroll: false,
      }),
    [navigate],
  )
  const members = list.data ?? []
  const isAlone = search === '' && members.length === 1
  return (
    <MemberActionsProvider me={me} orgId={orgId}>
      <div className="pb-3">
        <SearchField label={t('organizations.members.search')} value={search} onValueChange={setSearch} />
      </div>
      {list.isPending ? (
        <SkeletonRows rows={5} className="rounded-lg border border-border bg-surface" />
      ) : list.isError && !list.data ? (
        <Card>
          <ErrorState
            error={list.error}
            title={t('organizations.members.failed')}
            onRetry={() => void list.refetch()}
          />
        </Card>
      ) : members.length === 0 ? (
        <EmptyState
          icon={SearchX}
          title={t('common.noMatch', { search })}
          action={<Button onClick={() => setSearch('')}>{t('common.clearSearch')}</Button>}
        >
          {t('common.noMatchHelp')}
        </EmptyState>
      ) : isPhone ? (
        <MemberCards members={members} />
      ) : (
        <Card className="overflow-clip">
          <MemberTable members={members} />
        </Card>
      )}
      {isAlone && onInvite && (
        <EmptyState
          icon={UserPlus}
          title={t('organizations.members.alone')}
          action={<Button onClick={onInvite}>{t('organizations.members.invite')}</Button>}
        >
          {t('organizations.members.aloneHelp')}
        </EmptyState>
      )}
      {list.hasNextPage && (
        <div className="flex justify-center pt-3">
          <Button pending={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t('common.loadMore')}
          </Button>
        </div>
      )}
    </MemberActionsProvider>
  )
}
