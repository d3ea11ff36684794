import { useQuery } from '@tanstack/react-query'
import { Plus, Server } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { listInstances } from '#contract/instances'
import { type FleetNode, listNodes } from '#contract/nodes'
import { ActivityList } from '../../components/activity-list.tsx'
import { ButtonLink } from '../../components/ui/button-link.tsx'
import { Card, CardHead } from '../../components/ui/card.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { PageHead } from '../../components/ui/page-head.tsx'
import { useCan } from '../../lib/me.ts'
import { queryFor } from '../../lib/query.ts'
import { AttentionList } from './attention-list.tsx'
import { QuickStart } from './quick-start.tsx'
import { ServerList } from './server-list.tsx'
import { Tiles } from './tiles.tsx'

/** As many as a page of the API holds; beyond it the tiles say "200+" honestly rather than wrongly. */
const MOST = 200
const none: FleetNode[] = []

export function OverviewPage() {
  const { t } = useTranslation()
  const canDeploy = useCan('instances.create')
  const seesMachines = useCan('nodes.view')
  const nodes = useQuery({ ...queryFor(listNodes, { query: { limit: MOST } }), enabled: seesMachines })
  const instances = useQuery(queryFor(listInstances, { query: { limit: MOST } }))
  const error = nodes.error ?? instances.error
  const machines = seesMachines ? nodes.data?.items : none
  const isFirst = instances.data?.items.length === 0

  return (
    <>
      <PageHead
        title={t('overview.title')}
        actions={
          canDeploy &&
          !isFirst && (
            <ButtonLink to="/templates" variant="primary">
              <Plus aria-hidden size={16} />
              {t('overview.deploy')}
            </ButtonLink>
          )
        }
      />
      {error && !(machines && instances.data) ? (
        <Card>
          <ErrorState
            error={error}
            title={t('overview.listsFailed')}
            onRetry={() => {
              if (seesMachines) void nodes.refetch()
              void instances.refetch()
            }}
          />
        </Card>
      ) : (
        <div className="flex flex-col gap-4">
          <Tiles nodes={nodes.data} instances={instances.data} seesMachines={seesMachines} />
          {isFirst &&
            (canDeploy ? (
              <QuickStart isReady={machines?.some(({ state }) => state === 'healthy') ?? false} />
            ) : (
              <Card>
                <EmptyState icon={Server} title={t('overview.nothingShared')}>
                  {t('overview.nothingSharedHelp')}
                </EmptyState>
              </Card>
            ))}
          <div className="grid items-start gap-4 md:grid-cols-2">
            <div className="flex min-w-0 flex-col gap-4">
              <AttentionList nodes={machines} instances={instances.data?.items} />
              {!isFirst && <ServerList instances={instances.data?.items} />}
            </div>
            <Card aria-labelledby="activity">
              <CardHead id="activity" title={t('overview.activity')} />
              <ActivityList pageSize={12} />
            </Card>
          </div>
        </div>
      )}
    </>
  )
}
