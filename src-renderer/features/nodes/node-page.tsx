import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { Monitor } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { type FleetNode, getNode } from '#contract/nodes'
import { NodeStatus } from '../../components/node-status.tsx'
import { Badge } from '../../components/ui/badge.tsx'
import { Card } from '../../components/ui/card.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { PageHead } from '../../components/ui/page-head.tsx'
import { Skeleton, SkeletonRows } from '../../components/ui/skeleton.tsx'
import { Tabs } from '../../components/ui/tabs.tsx'
import { useNodeReason } from '../../components/use-node-reason.ts'
import { useMe } from '../../lib/me.ts'
import { queryFor } from '../../lib/query.ts'
import { MachineMenu } from '../migrations/machine-menu.tsx'
import { MachineNotice } from '../migrations/machine-notice.tsx'
import { tabsOf } from './node-tabs.tsx'
import { useNodeActions } from './use-node-actions.ts'

const route = getRouteApi('/shell/machines/$nodeId')

export function NodePage() {
  const { t } = useTranslation()
  const { nodeId } = route.useParams()
  const node = useQuery(queryFor(getNode, { params: { id: nodeId } }))
  const back = (
    <Link to="/machines" className="rounded-sm hover:text-text hover:underline">
      {t('nodes.title')}
    </Link>
  )
  if (node.isPending) {
    return (
      <div aria-busy aria-label={t('common.loading')}>
        <PageHead title={t('nodes.title')} back={back} state={<Skeleton className="w-40" />} />
        <SkeletonRows rows={8} className="rounded-lg border border-border bg-surface" />
      </div>
    )
  }
  if (!node.data) {
    return (
      <>
        <PageHead title={t('nodes.title')} back={back} />
        <Card>
          <ErrorState error={node.error} title={t('nodes.failedOne')} onRetry={() => void node.refetch()} />
        </Card>
      </>
    )
  }
  return <LoadedNode node={node.data} back={back} />
}

function LoadedNode({ node, back }: { node: FleetNode; back: React.ReactNode }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { tab = 'overview' } = route.useSearch()
  const reason = useNodeReason(node)
  const me = useMe()
  useNodeActions(node)
  return (
    <>
      <PageHead
        title={node.name}
        back={back}
        lead={
          <span className="grid size-10 shrink-0 place-items-center rounded-lg border border-border bg-surface text-muted max-sm:hidden">
            <Monitor aria-hidden size={20} />
          </span>
        }
        state={
          <>
            <NodeStatus node={node} />
            {reason && <span className="break-words">{reason}</span>}
            {!reason && (
              <span>
                {node.instance_count === 0
                  ? t('nodes.servers.empty')
                  : t('nodes.runningOf', { running: node.running_count, count: node.instance_count })}
              </span>
            )}
            {node.is_local && <Badge tone="outline">{t('nodes.thisMachine')}</Badge>}
          </>
        }
        actions={<MachineMenu node={node} />}
      />
      <MachineNotice node={node} />
      <Tabs
        label={t('nodes.tabs.label')}
        value={tab}
        onValueChange={(next) =>
          void navigate({
            to: '/machines/$nodeId',
            params: { nodeId: node.id },
            search: next === 'overview' ? {} : { tab: next },
            replace: true,
          })
        }
        tabs={tabsOf(node, { asked: tab, can: (right) => me === undefined || me.permissions.includes(right), t })}
      />
    </>
  )
}
