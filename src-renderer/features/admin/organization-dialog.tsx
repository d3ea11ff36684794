import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { type AdminOrganization, getAdminOrganization } from '#contract/admin'
import { Badge } from '../../components/ui/badge.tsx'
import { Dialog } from '../../components/ui/dialog.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { formatNumber } from '../../lib/format.ts'
import { queryFor } from '../../lib/query.ts'
import { Fact } from './fact.tsx'

type Props = { organization: AdminOrganization | undefined; onClose: () => void }

/** Who belongs to an organization, and what it holds. */
export function OrganizationDialog({ organization, onClose }: Props) {
  const { t } = useTranslation()
  const id = organization?.id ?? ''
  const detail = useQuery({
    ...queryFor(getAdminOrganization, { params: { id } }),
    enabled: organization !== undefined,
  })
  return (
    <Dialog
      open={organization !== undefined}
      onOpenChange={(open) => !open && onClose()}
      title={organization?.name ?? ''}
      description={organization?.slug}
    >
      {detail.isPending ? (
        <SkeletonRows rows={4} />
      ) : detail.isError ? (
        <ErrorState error={detail.error} title={t('admin.failed')} onRetry={() => void detail.refetch()} />
      ) : (
        <div className="flex flex-col gap-4">
          <dl>
            <Fact label={t('admin.organizations.nodes')}>{formatNumber(detail.data.nodes)}</Fact>
            <Fact label={t('admin.organizations.workloads')}>{formatNumber(detail.data.workloads)}</Fact>
            <Fact label={t('admin.organizations.instances')}>{formatNumber(detail.data.instances)}</Fact>
          </dl>
          <section aria-labelledby="people">
            <h3 id="people" className="mb-1 font-semibold">
              {t('admin.organizations.members')}
            </h3>
            <ul>
              {detail.data.people.map(({ user_id, email, role }) => (
                <li
                  key={user_id}
                  className="flex items-center justify-between gap-3 border-b border-border py-1.5 last:border-0"
                >
                  <span className="truncate">{email}</span>
                  <Badge tone={role === 'owner' ? 'accent' : 'neutral'}>{t(`admin.roles.${role}`)}</Badge>
                </li>
              ))}
            </ul>
          </section>
        </div>
      )}
    </Dialog>
  )
}
