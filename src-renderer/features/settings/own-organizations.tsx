import { useQuery } from '@tanstack/react-query'
import { Building2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { listOrganizations, type Organization } from '#contract/organizations'
import { Badge } from '../../components/ui/badge.tsx'
import { Card, CardHead } from '../../components/ui/card.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { SettingRow } from '../../components/setting-row.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { useMe } from '../../lib/me.ts'
import { queryFor } from '../../lib/query.ts'
import { OrganizationMenu } from './organization-menu.tsx'

/** The organizations that one belongs to, with the way out of each. */
export function OwnOrganizations() {
  const { t } = useTranslation()
  const me = useMe()
  const list = useQuery(queryFor(listOrganizations, {}))
  return (
    <Card aria-labelledby="organizations">
      <CardHead id="organizations" title={t('settings.profile.organizations')} />
      {list.isPending ? (
        <SkeletonRows rows={2} />
      ) : list.isError ? (
        <ErrorState
          error={list.error}
          title={t('settings.profile.organizationsFailed')}
          onRetry={() => void list.refetch()}
        />
      ) : list.data.items.length === 0 ? (
        <EmptyState icon={Building2} title={t('settings.profile.none')}>
          {t('settings.profile.noneHelp')}
        </EmptyState>
      ) : (
        <ul>
          {list.data.items.map((organization) => (
            <OrganizationRow
              key={organization.id}
              organization={organization}
              isShown={organization.id === me?.organization?.id}
            />
          ))}
        </ul>
      )}
    </Card>
  )
}

function OrganizationRow({ organization, isShown }: { organization: Organization; isShown: boolean }) {
  const { t } = useTranslation()
  const { name, role, is_default, members, instances } = organization
  return (
    <SettingRow
      icon={Building2}
      title={name}
      badges={
        <>
          {isShown && <Badge tone="accent">{t('settings.profile.isShown')}</Badge>}
          {is_default && <Badge tone="outline">{t('settings.profile.isDefault')}</Badge>}
        </>
      }
      action={<OrganizationMenu organization={organization} isShown={isShown} />}
    >
      {[
        t(`settings.profile.role.${role}`),
        t('settings.profile.members', { count: members }),
        t('settings.profile.servers', { count: instances }),
      ].join(' · ')}
    </SettingRow>
  )
}
