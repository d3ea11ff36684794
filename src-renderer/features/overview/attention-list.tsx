import { Link } from '@tanstack/react-router'
import { CircleCheck } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Instance } from '#contract/instances'
import type { FleetNode } from '#contract/nodes'
import { InstanceStatus } from '../../components/instance-status.tsx'
import { NodeStatus } from '../../components/node-status.tsx'
import { useNodeReason } from '../../components/use-node-reason.ts'
import { Badge } from '../../components/ui/badge.tsx'
import { Card, CardHead } from '../../components/ui/card.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { reasonText } from '../../lib/reasons.ts'
import { needsAttention } from './attention.ts'

const SHOWN = 12
const rowStyle =
  'flex flex-col gap-0.5 border-b border-border px-4 py-2 outline-offset-[-2px] transition-colors last:border-0 hover:bg-hover'

export function AttentionList({
  nodes,
  instances,
}: {
  nodes: readonly FleetNode[] | undefined
  instances: readonly Instance[] | undefined
}) {
  const { t } = useTranslation()
  const list = nodes && instances && needsAttention(nodes, instances)
  return (
    <Card aria-labelledby="attention">
      <CardHead
        id="attention"
        title={t('overview.attention')}
        action={list && list.length > 0 && <Badge tone="busy">{list.length}</Badge>}
      />
      {!list ? (
        <SkeletonRows rows={4} />
      ) : list.length === 0 ? (
        <div className="flex items-start gap-3 px-4 py-3">
          <CircleCheck aria-hidden size={16} className="mt-0.5 shrink-0 text-running" />
          <p>
            {t('overview.attentionNone')}
            <span className="block text-muted">{t('overview.attentionNoneHelp')}</span>
          </p>
        </div>
      ) : (
        <ul>
          {list.slice(0, SHOWN).map((item) => (
            <li key={item.of.id}>
              {item.kind === 'node' ? <NodeRow node={item.of} /> : <InstanceRow instance={item.of} />}
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}

function NodeRow({ node }: { node: FleetNode }) {
  const reason = useNodeReason(node)
  return (
    <Link to="/machines/$nodeId" params={{ nodeId: node.id }} className={rowStyle}>
      <span className="flex items-center justify-between gap-3">
        <span className="truncate font-medium">{node.name}</span>
        <NodeStatus node={node} className="shrink-0" />
      </span>
      {reason && <span className="text-sm break-words text-muted">{reason}</span>}
    </Link>
  )
}

function InstanceRow({ instance }: { instance: Instance }) {
  const { t } = useTranslation()
  const why =
    instance.state === 'error'
      ? instance.state_reason !== null && reasonText(instance.state_reason)
      : t('overview.restartNeeded')
  return (
    <Link to="/servers/$instanceId" params={{ instanceId: instance.id }} className={rowStyle}>
      <span className="flex items-center justify-between gap-3">
        <span className="truncate font-medium">{instance.name}</span>
        <InstanceStatus state={instance.state} className="shrink-0" />
      </span>
      {why && <span className="text-sm break-words text-muted">{why}</span>}
    </Link>
  )
}
