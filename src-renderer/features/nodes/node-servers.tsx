import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Server } from 'lucide-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { type Instance, listInstances } from '#contract/instances'
import type { FleetNode } from '#contract/nodes'
import { InstanceStatus } from '../../components/instance-status.tsx'
import { Button } from '../../components/ui/button.tsx'
import { ButtonLink } from '../../components/ui/button-link.tsx'
import { Card } from '../../components/ui/card.tsx'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import type { Column } from '../../components/ui/column.ts'
import { Table } from '../../components/ui/table.tsx'
import { awaySince } from '../../lib/away.ts'
import { formatBytes, formatPercent } from '../../lib/format.ts'
import { pagesFor } from '../../lib/query.ts'

const instanceKey = (instance: Instance) => instance.id
const isUp = ({ state }: Instance) => state !== 'stopped' && state !== 'unknown' && state !== 'error'

/** The servers on one machine. */
export function NodeServers({ node }: { node: FleetNode }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const list = useInfiniteQuery(pagesFor(listInstances, { query: { node_id: node.id, limit: 200 } }))
  const since = awaySince(node)
  const away = since === null ? '' : since
  const columns = useMemo(
    (): Column<Instance>[] => [
      {
        id: 'name',
        header: t('nodes.servers.name'),
        sortBy: (instance) => instance.name,
        cell: (instance) => (
          <Link
            to="/servers/$instanceId"
            params={{ instanceId: instance.id }}
            tabIndex={-1}
            className="rounded-sm font-medium hover:underline"
          >
            {instance.name}
          </Link>
        ),
      },
      {
        id: 'state',
        header: t('nodes.servers.state'),
        width: away === undefined ? 'w-32' : 'w-44',
        sortBy: (instance) => instance.state,
        cell: (instance) => <InstanceStatus state={instance.state} awaySince={away} />,
      },
      {
        id: 'address',
        header: t('nodes.servers.address'),
        from: 'sm',
        cell: (instance) =>
          instance.address && (
            <span className="flex items-center gap-1">
              <span className="truncate font-mono text-sm">{instance.address}</span>
              <CopyButton text={instance.address} />
            </span>
          ),
      },
      {
        id: 'cpu',
        header: t('nodes.servers.cpu'),
        width: 'w-20',
        align: 'right',
        from: 'sm',
        sortBy: (instance) => instance.usage?.cpu_percent ?? null,
        cell: (instance) => (instance.usage && isUp(instance) ? formatPercent(instance.usage.cpu_percent) : '–'),
      },
      {
        id: 'memory',
        header: t('nodes.servers.memory'),
        width: 'w-24',
        align: 'right',
        from: 'sm',
        sortBy: (instance) => instance.usage?.memory_bytes ?? null,
        cell: (instance) => (instance.usage && isUp(instance) ? formatBytes(instance.usage.memory_bytes) : '–'),
      },
    ],
    [t, away],
  )

  if (list.isPending) {
    return (
      <Card>
        <SkeletonRows rows={4} className="pt-9" />
      </Card>
    )
  }
  return (
    <>
      <Card className="overflow-clip">
        {list.isError && !list.data ? (
          <ErrorState error={list.error} title={t('nodes.servers.failed')} onRetry={() => void list.refetch()} />
        ) : list.data.length === 0 ? (
          <EmptyState
            icon={Server}
            title={t('nodes.servers.empty')}
            action={<ButtonLink to="/templates">{t('nodes.servers.openGallery')}</ButtonLink>}
          >
            {t('nodes.servers.emptyHelp')}
          </EmptyState>
        ) : (
          <Table
            name="node-servers"
            label={t('nodes.tabs.servers')}
            rows={list.data}
            columns={columns}
            rowKey={instanceKey}
            onOpen={(instance) => void navigate({ to: '/servers/$instanceId', params: { instanceId: instance.id } })}
            sortedAtFirst={{ id: 'name', desc: false }}
          />
        )}
      </Card>
      {list.hasNextPage && (
        <div className="flex justify-center pt-3">
          <Button pending={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t('common.loadMore')}
          </Button>
        </div>
      )}
    </>
  )
}
