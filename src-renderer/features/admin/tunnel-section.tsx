import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Cable } from 'lucide-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { getTunnelStats, listTunnelAgents, type TunnelAgent, type TunnelStats } from '#contract/tunnel'
import { RelativeTime } from '../../components/relative-time.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Card } from '../../components/ui/card.tsx'
import type { Column } from '../../components/ui/column.ts'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { Table } from '../../components/ui/table.tsx'
import { formatBytes, formatNumber } from '../../lib/format.ts'
import { pagesFor, queryFor } from '../../lib/query.ts'
import { Figure } from './fact.tsx'
import { Loaded } from './loaded.tsx'

const REFRESH_MS = 5_000
const keyOf = ({ node_id }: TunnelAgent) => node_id

/** The connections of machines' agents, of all organizations. */
export function TunnelSection() {
  const stats = useQuery({ ...queryFor(getTunnelStats, {}), refetchInterval: REFRESH_MS })
  const agents = useInfiniteQuery({
    ...pagesFor(listTunnelAgents, { query: { limit: 100 } }),
    refetchInterval: REFRESH_MS,
  })
  const { t } = useTranslation()
  return (
    <div className="flex flex-col gap-4">
      <Loaded query={stats}>{(data) => <Figures data={data} />}</Loaded>
      <Loaded query={agents}>
        {(rows) => (
          <Card className="overflow-clip">
            {rows.length === 0 ? (
              <EmptyState icon={Cable} title={t('admin.tunnel.none')}>
                {t('admin.tunnel.noneHelp')}
              </EmptyState>
            ) : (
              <Agents rows={rows} />
            )}
          </Card>
        )}
      </Loaded>
      {agents.hasNextPage && (
        <div className="flex justify-center">
          <Button pending={agents.isFetchingNextPage} onClick={() => void agents.fetchNextPage()}>
            {t('common.loadMore')}
          </Button>
        </div>
      )}
    </div>
  )
}

function Figures({ data }: { data: TunnelStats }) {
  const { t } = useTranslation()
  return (
    <div className="grid grid-cols-2 gap-3 sm:gap-4 md:grid-cols-4">
      <Figure
        label={t('admin.tunnel.connected')}
        value={`${formatNumber(data.connected)} / ${formatNumber(data.nodes)}`}
        note={t('admin.tunnel.connectedNote')}
      />
      <Figure
        label={t('admin.tunnel.traffic')}
        value={formatBytes(data.bytes_in + data.bytes_out)}
        note={t('admin.tunnel.trafficNote', { in: formatBytes(data.bytes_in), out: formatBytes(data.bytes_out) })}
      />
      <Figure
        label={t('admin.tunnel.requests')}
        value={formatNumber(data.requests)}
        note={t('admin.tunnel.streams', { count: data.streams_open })}
      />
      <Figure
        label={t('admin.tunnel.reconnects')}
        value={formatNumber(data.reconnects)}
        note={t('admin.tunnel.sinceStart')}
      />
    </div>
  )
}

function Agents({ rows }: { rows: readonly TunnelAgent[] }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const columns = useMemo(
    (): Column<TunnelAgent>[] => [
      {
        id: 'machine',
        header: t('admin.tunnel.machine'),
        sortBy: ({ node_name: name }) => name,
        cell: ({ node_name: name, remote_address: address }) => (
          <span className="flex min-w-0 items-baseline gap-2">
            <span className="truncate font-medium">{name}</span>
            <span className="truncate font-mono text-sm text-muted max-sm:hidden">{address}</span>
          </span>
        ),
      },
      {
        id: 'roundTrip',
        header: t('admin.tunnel.roundTrip'),
        width: 'w-28',
        align: 'right',
        sortBy: ({ round_trip_ms: ms }) => ms,
        cell: ({ round_trip_ms: ms }) => (
          <span className="tabular">{ms === null ? '–' : `${formatNumber(ms, ms < 10 ? 1 : 0)}\u00a0ms`}</span>
        ),
      },
      {
        id: 'connected',
        header: t('admin.tunnel.since'),
        width: 'w-32',
        from: 'sm',
        sortBy: ({ connected_at: at }) => at,
        cell: ({ connected_at: at }) => <RelativeTime at={at} className="text-muted" />,
      },
      {
        id: 'sessions',
        header: t('admin.tunnel.sessions'),
        width: 'w-24',
        align: 'right',
        from: 'md',
        sortBy: ({ epoch }) => epoch,
        cell: ({ epoch }) => <span className="tabular text-muted">{formatNumber(epoch)}</span>,
      },
      {
        id: 'streams',
        header: t('admin.tunnel.open'),
        width: 'w-24',
        align: 'right',
        from: 'xl',
        sortBy: ({ streams_open: open }) => open,
        cell: ({ streams_open: open }) => <span className="tabular text-muted">{formatNumber(open)}</span>,
      },
      {
        id: 'bytes',
        header: t('admin.tunnel.bytes'),
        width: 'w-40',
        align: 'right',
        from: 'lg',
        sortBy: ({ bytes_in: a, bytes_out: b }) => a + b,
        cell: ({ bytes_in: received, bytes_out: sent }) => (
          <span className="tabular text-muted">
            {formatBytes(received)} · {formatBytes(sent)}
          </span>
        ),
      },
      {
        id: 'transport',
        header: t('admin.tunnel.transport'),
        width: 'w-28',
        from: 'xl',
        sortBy: ({ transport }) => transport,
        cell: ({ transport }) => <span className="text-muted">{t(`admin.tunnel.transports.${transport}`)}</span>,
      },
      {
        id: 'version',
        header: t('admin.tunnel.version'),
        width: 'w-24',
        from: 'md',
        sortBy: ({ agent_version: version }) => version,
        cell: ({ agent_version: version }) => <span className="tabular text-muted">{version || '–'}</span>,
      },
    ],
    [t],
  )
  return (
    <Table
      name="admin-tunnel"
      label={t('admin.sections.tunnel')}
      rows={rows}
      columns={columns}
      rowKey={keyOf}
      onOpen={({ node_id: nodeId }) => void navigate({ to: '/machines/$nodeId', params: { nodeId } })}
    />
  )
}
