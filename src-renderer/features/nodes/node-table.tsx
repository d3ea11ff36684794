import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { FleetNode } from '#contract/nodes'
import { NodeStatus } from '../../components/node-status.tsx'
import { RelativeTime } from '../../components/relative-time.tsx'
import { Badge } from '../../components/ui/badge.tsx'
import { Meter } from '../../components/ui/meter.tsx'
import type { Column } from '../../components/ui/column.ts'
import { Table } from '../../components/ui/table.tsx'
import { useNodeReason } from '../../components/use-node-reason.ts'
import { formatBytes, formatPercent } from '../../lib/format.ts'

const nodeKey = (node: FleetNode) => node.id
const share = (used: number | undefined, total: number | null) =>
  used === undefined || !total ? null : (used / total) * 100

/** One row each: what it is called, how it is, what it is, and how full it is. */
export function NodeTable({ nodes, onOpen }: { nodes: readonly FleetNode[]; onOpen: (node: FleetNode) => void }) {
  const { t } = useTranslation()
  const columns = useMemo((): Column<FleetNode>[] => {
    const load = (
      id: string,
      header: string,
      of: (node: FleetNode) => number | null,
      from: 'sm' | 'md',
    ): Column<FleetNode> => ({
      id,
      header,
      width: 'w-28 xl:w-36',
      from,
      sortBy: of,
      cell: (node) => {
        const percent = node.state === 'offline' ? null : of(node)
        return percent === null ? (
          <span className="text-muted">–</span>
        ) : (
          <Meter label={header} value={percent} max={100} text={formatPercent(percent, 0)} />
        )
      },
    })
    return [
      {
        id: 'name',
        header: t('nodes.column.name'),
        width: 'sm:w-52',
        sortBy: (node) => node.name,
        cell: (node) => <Name node={node} />,
      },
      {
        id: 'state',
        header: t('nodes.column.state'),
        width: 'w-36',
        sortBy: (node) => node.state,
        cell: (node) => <State node={node} />,
      },
      {
        id: 'system',
        header: t('nodes.column.system'),
        from: 'lg',
        sortBy: (node) => node.os,
        cell: (node) => (
          <span className="text-muted" title={node.os ?? undefined}>
            {[
              node.cpu_cores !== null && t('nodes.cores', { count: node.cpu_cores }),
              node.memory_total_bytes !== null && formatBytes(node.memory_total_bytes),
              node.os ?? t('nodes.unknownSystem'),
            ]
              .filter(Boolean)
              .join(' · ')}
          </span>
        ),
      },
      {
        id: 'engine',
        header: t('nodes.column.engine'),
        width: 'w-32',
        from: 'xl',
        sortBy: (node) => node.engine_version,
        cell: (node) => (
          <span className="text-muted">
            {node.engine_version ? t('nodes.docker', { version: node.engine_version }) : t('nodes.noEngine')}
          </span>
        ),
      },
      load('cpu', t('nodes.column.cpu'), (node) => node.usage?.cpu_percent ?? null, 'sm'),
      load(
        'memory',
        t('nodes.column.memory'),
        (node) => share(node.usage?.memory_bytes, node.memory_total_bytes),
        'sm',
      ),
      {
        ...load('disk', t('nodes.column.disk'), (node) => share(node.usage?.disk_bytes, node.disk_total_bytes), 'md'),
        isHiddenAtFirst: true,
      },
      {
        id: 'servers',
        header: t('nodes.column.servers'),
        width: 'w-24',
        from: 'md',
        align: 'right',
        sortBy: (node) => node.instance_count,
        cell: (node) => (
          <span title={t('nodes.runningOf', { running: node.running_count, count: node.instance_count })}>
            {node.running_count}
            <span className="text-muted">/{node.instance_count}</span>
          </span>
        ),
      },
      {
        id: 'version',
        header: t('nodes.column.version'),
        width: 'w-24',
        from: 'lg',
        align: 'right',
        sortBy: (node) => node.agent_version,
        cell: (node) => <span className="font-mono text-sm text-muted">{node.agent_version ?? '–'}</span>,
      },
      {
        id: 'address',
        header: t('nodes.column.address'),
        width: 'w-40',
        from: 'lg',
        isHiddenAtFirst: true,
        sortBy: (node) => node.address,
        cell: (node) => <span className="font-mono text-sm">{node.address ?? '–'}</span>,
      },
      {
        id: 'seen',
        header: t('nodes.column.seen'),
        width: 'w-32',
        from: 'lg',
        isHiddenAtFirst: true,
        sortBy: (node) => node.last_seen_at,
        cell: (node) =>
          node.last_seen_at ? <RelativeTime at={node.last_seen_at} className="text-muted" /> : t('common.never'),
      },
    ]
  }, [t])

  return (
    <Table
      name="nodes"
      label={t('nodes.title')}
      rows={nodes}
      columns={columns}
      rowKey={nodeKey}
      onOpen={onOpen}
      sortedAtFirst={{ id: 'name', desc: false }}
    />
  )
}

function Name({ node }: { node: FleetNode }) {
  const { t } = useTranslation()
  const memory = share(node.usage?.memory_bytes, node.memory_total_bytes)
  return (
    <span className="flex min-w-0 items-center gap-2 max-sm:flex-col max-sm:items-start max-sm:gap-0 max-sm:py-2">
      <Link
        to="/machines/$nodeId"
        params={{ nodeId: node.id }}
        tabIndex={-1}
        className="truncate rounded-sm font-medium hover:underline"
      >
        {node.name}
      </Link>
      {node.usage && memory !== null && node.state !== 'offline' && (
        <span className="text-sm tabular text-muted sm:hidden">
          {t('nodes.brief', { cpu: formatPercent(node.usage.cpu_percent, 0), memory: formatPercent(memory, 0) })}
        </span>
      )}
      {node.is_local && (
        <Badge tone="outline" className="max-sm:hidden">
          {t('nodes.thisMachine')}
        </Badge>
      )}
    </span>
  )
}

function State({ node }: { node: FleetNode }) {
  const reason = useNodeReason(node)
  return (
    <span title={reason ?? undefined}>
      <NodeStatus node={node} />
    </span>
  )
}
