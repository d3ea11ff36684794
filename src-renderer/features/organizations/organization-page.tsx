import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { UserPlus, Users } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Me } from '#contract/auth'
import { getOrganization } from '#contract/organizations'
import { Button } from '../../components/ui/button.tsx'
import { Card } from '../../components/ui/card.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { PageHead } from '../../components/ui/page-head.tsx'
import { Skeleton, SkeletonRows } from '../../components/ui/skeleton.tsx'
import { Tabs } from '../../components/ui/tabs.tsx'
import { useMe } from '../../lib/me.ts'
import { queryFor } from '../../lib/query.ts'
import { AuditTab } from './audit-tab.tsx'
import { CreateOrganization } from './create-organization.tsx'
import { InviteDialog } from './invite-dialog.tsx'
import { InvitesTab } from './invites-tab.tsx'
import { MembersTab } from './members-tab.tsx'
import { SettingsTab } from './settings-tab.tsx'

const route = getRouteApi('/shell/organization')
const needs = {
  members: 'members.view',
  invites: 'members.invite',
  audit: 'audit.view',
  settings: undefined,
} as const
type TabName = keyof typeof needs
const tabs = Object.keys(needs) as TabName[]

export function OrganizationPage() {
  const me = useMe()
  if (!me) return null
  return me.organization ? <Chosen key={me.organization.id} me={me} orgId={me.organization.id} /> : <NoOrganization />
}

function Chosen({ me, orgId }: { me: Me; orgId: string }) {
  const { t } = useTranslation()
  const navigate = route.useNavigate()
  const { tab: asked } = route.useSearch()
  const [isInviting, setInviting] = useState(false)
  const organization = useQuery(queryFor(getOrganization, { params: { orgId } }))
  const may = (permission: string | undefined) => permission === undefined || me.permissions.includes(permission)
  const offered = tabs.filter((name) => may(needs[name]))
  const tab = offered.find((name) => name === asked) ?? offered[0] ?? 'settings'
  const mayInvite = may('members.invite')
  const data = organization.data

  const invite = () => setInviting(true)
  const panels: Record<TabName, () => ReactNode> = {
    members: () => <MembersTab me={me} orgId={orgId} {...(mayInvite && { onInvite: invite })} />,
    invites: () => <InvitesTab orgId={orgId} onInvite={invite} />,
    audit: () => <AuditTab orgId={orgId} />,
    settings: () => (data ? <SettingsTab key={data.id} me={me} organization={data} /> : <SkeletonRows rows={6} />),
  }
  return (
    <>
      <PageHead
        title={me.organization?.name ?? t('organizations.title')}
        state={
          data ? (
            <>
              <span className="tabular">{t('organizations.counts', { count: data.members })}</span>
              <span>{t('organizations.yourRole', { role: t(`organizations.roleInSentence.${data.role}`) })}</span>
            </>
          ) : (
            organization.isPending && <Skeleton className="w-48" />
          )
        }
        actions={
          mayInvite && (
            <Button variant="primary" onClick={invite}>
              <UserPlus aria-hidden size={16} />
              {t('organizations.members.invite')}
            </Button>
          )
        }
      />
      {organization.isError && !data ? (
        <Card>
          <ErrorState
            error={organization.error}
            title={t('organizations.failed')}
            onRetry={() => void organization.refetch()}
          />
        </Card>
      ) : (
        <Tabs
          label={t('organizations.tabs.label')}
          value={tab}
          onValueChange={(next) => void navigate({ search: { tab: next }, replace: true, resetScroll: false })}
          tabs={offered.map((value) => ({ value, label: t(`organizations.tabs.${value}`), panel: panels[value]() }))}
        />
      )}
      {isInviting && <InviteDialog me={me} orgId={orgId} onClose={() => setInviting(false)} />}
    </>
  )
}

function NoOrganization() {
  const { t } = useTranslation()
  const [isCreating, setCreating] = useState(false)
  return (
    <>
      <PageHead title={t('organizations.title')} />
      <EmptyState
        icon={Users}
        title={t('organizations.none')}
        action={
          <Button variant="primary" onClick={() => setCreating(true)}>
            {t('organizations.create.button')}
          </Button>
        }
      >
        {t('organizations.noneHelp')}
      </EmptyState>
      {isCreating && <CreateOrganization open onOpenChange={setCreating} />}
    </>
  )
}
