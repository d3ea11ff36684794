import { useQuery } from '@tanstack/react-query'
import { Users } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { listInstanceAccess } from '#contract/access'
import type { Instance } from '#contract/instances'
import { Card, CardBody, CardHead } from '../../components/ui/card.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { queryFor } from '../../lib/query.ts'
import { AccessRow } from './access-row.tsx'
import { ShareForm } from './share-form.tsx'
import { useAccess } from './use-access.ts'

/** With whom a server is shared, and what each of them may do there. */
export function AccessTab({ instance }: { instance: Instance }) {
  const { t } = useTranslation()
  const list = useQuery(queryFor(listInstanceAccess, { params: { id: instance.id } }))
  const access = useAccess(instance)
  const people = list.data?.items
  return (
    <div className="flex max-w-200 flex-col gap-4">
      <Card aria-labelledby="access">
        <CardHead id="access" title={t('access.title')} />
        <CardBody className="flex flex-col gap-4">
          <p className="text-pretty text-muted">{t('access.about')}</p>
          <ShareForm instance={instance} access={access} people={people ?? []} />
        </CardBody>
      </Card>
      <Card className="overflow-clip">
        {list.isPending ? (
          <SkeletonRows rows={3} />
        ) : list.isError && !people ? (
          <ErrorState error={list.error} title={t('access.failed')} onRetry={() => void list.refetch()} />
        ) : people?.length === 0 ? (
          <EmptyState icon={Users} title={t('access.empty')}>
            {t('access.emptyHelp')}
          </EmptyState>
        ) : (
          <ul aria-label={t('access.title')}>
            {people?.map((person) => (
              <AccessRow key={person.user_id} person={person} instance={instance} access={access} />
            ))}
          </ul>
        )}
      </Card>
    </div>
  )
}
