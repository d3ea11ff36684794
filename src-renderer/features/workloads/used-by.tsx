import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { listInstances } from '#contract/instances'
import { InstanceStatus } from '../../components/instance-status.tsx'
import { Badge } from '../../components/ui/badge.tsx'
import { Card, CardHead } from '../../components/ui/card.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { useAwayMachines } from '../../components/use-away-machines.ts'
import { queryFor } from '../../lib/query.ts'

/** The servers that were made from a workload, and which version each runs. */
export function UsedBy({ workloadId, version }: { workloadId: string; version: number }) {
  const { t } = useTranslation()
  const list = useQuery(queryFor(listInstances, { query: { workload_id: workloadId, limit: 100 } }))
  const away = useAwayMachines()
  const instances = list.data?.items ?? []
  return (
    <Card>
      <CardHead title={t('workloads.editor.usedBy')} />
      {list.isPending ? (
        <SkeletonRows rows={2} />
      ) : instances.length === 0 ? (
        <p className="p-4 text-muted">{t('workloads.editor.usedByNone')}</p>
      ) : (
        <ul>
          {instances.map(({ id, name, state, node_id: nodeId, workload_version: runs }) => (
            <li key={id} className="flex min-h-9 items-center gap-3 border-b border-border px-4 last:border-0">
              <Link
                to="/servers/$instanceId"
                params={{ instanceId: id }}
                className="min-w-0 flex-1 truncate rounded-sm font-medium hover:underline"
              >
                {name}
              </Link>
              <InstanceStatus state={state} awaySince={away[nodeId]} />
              <Badge tone={runs < version ? 'busy' : 'neutral'} className="tabular">
                {t('workloads.editor.onVersion', { version: runs })}
              </Badge>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}
