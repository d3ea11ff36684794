import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Me } from '#contract/auth'
import { getMemberPermissions, listMembers } from '#contract/members'
import { Card } from '../../components/ui/card.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { PageHead } from '../../components/ui/page-head.tsx'
import { Skeleton, SkeletonRows } from '../../components/ui/skeleton.tsx'
import { useCan, useMe } from '../../lib/me.ts'
import { queryFor } from '../../lib/query.ts'
import { powersOver } from './authority.ts'
import { MemberBadges } from './member-facts.tsx'
import { RightsEditor } from './rights-editor.tsx'

const route = getRouteApi('/shell/organization/members/$userId')

/** What one member may do, key by key. */
export function MemberPage() {
  const me = useMe()
  const { userId } = route.useParams()
  return me?.organization ? <Loaded key={userId} me={me} orgId={me.organization.id} userId={userId} /> : null
}

function Loaded({ me, orgId, userId }: { me: Me; orgId: string; userId: string }) {
  const { t } = useTranslation()
  const isMe = userId === me.id
  const rights = useQuery(queryFor(getMemberPermissions, { params: { orgId, userId } }))
  // The list knows the address; nothing asks for a single member.
  const members = useQuery({
    ...queryFor(listMembers, { params: { orgId }, query: { limit: 200 } }),
    enabled: useCan('members.view'),
  }).data
  const member = members?.items.find(({ user_id: id }) => id === userId)
  const email = member?.email ?? (isMe ? me.email : undefined)
  const role = rights.data?.role
  return (
    <>
      <PageHead
        title={
          isMe
            ? t('organizations.rights.mine')
            : email === undefined
              ? t('organizations.members.permissions')
              : t('organizations.rights.title', { email })
        }
        back={
          <Link to="/organization" className="rounded-sm hover:text-text hover:underline">
            {t('organizations.rights.back')}
          </Link>
        }
        state={
          role ? (
            <>
              <span>{t(`permissions.roles.${role}`)}</span>
              {member && <MemberBadges member={member} isMe={isMe} />}
            </>
          ) : (
            rights.isPending && <Skeleton className="w-32" />
          )
        }
      />
      {rights.data ? (
        <RightsEditor
          me={me}
          orgId={orgId}
          rights={rights.data}
          isReadOnly={!powersOver(me, { user_id: userId, role: rights.data.role }).changeRights}
          shares={member?.shared_instances ?? 0}
        />
      ) : rights.isError ? (
        <Card>
          <ErrorState
            error={rights.error}
            title={t('organizations.rights.failed')}
            onRetry={() => void rights.refetch()}
          />
        </Card>
      ) : (
        <SkeletonRows rows={10} className="max-w-220 rounded-lg border border-border bg-surface" />
      )}
    </>
  )
}
