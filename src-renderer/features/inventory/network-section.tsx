import { useQuery } from '@tanstack/react-query'
import type { Static } from 'typebox'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { getInventoryNetwork, type NetworkInterface } from '#contract/inventory'
import type { FleetNode } from '#contract/nodes'
import { Card, CardBody, CardHead } from '../../components/ui/card.tsx'
import type { Column } from '../../components/ui/column.ts'
import { StatusDot } from '../../components/ui/status-dot.tsx'
import { Table } from '../../components/ui/table.tsx'
import { formatBytes } from '../../lib/format.ts'
import { isAway } from '../../lib/away.ts'
import { queryFor } from '../../lib/query.ts'
import { Fact } from './facts.tsx'
import { LIVE_MS, ReadAt, Reading } from './reading.tsx'

type Interface = Static<typeof NetworkInterface>
const keyOf = ({ name }: Interface) => name

export function NetworkSection({ node }: { node: FleetNode }) {
  const { t } = useTranslation()
  const away = isAway(node)
  const query = useQuery({
    ...queryFor(getInventoryNetwork, { params: { id: node.id } }),
    enabled: !away,
    refetchInterval: LIVE_MS,
  })
  const columns = useMemo(
    (): Column<Interface>[] => [
      {
        id: 'name',
        header: t('inventory.network.name'),
        sortBy: ({ name }) => name,
        cell: ({ name, addresses }) => (
          <div className="py-1.5 whitespace-normal">
            <span className="font-medium">{name}</span>
            <span className="block font-mono text-sm break-all text-muted sm:hidden">{addresses.join(', ')}</span>
          </div>
        ),
      },
      {
        id: 'state',
        header: t('inventory.network.state'),
        width: 'w-24',
        sortBy: ({ is_up }) => Number(!is_up),
        cell: ({ is_up }) => (
          <StatusDot tone={is_up ? 'running' : 'stopped'}>
            {t(is_up ? 'inventory.network.up' : 'inventory.network.down')}
          </StatusDot>
        ),
      },
      {
        id: 'addresses',
        header: t('inventory.network.addresses'),
        width: 'w-64',
        from: 'sm',
        cell: ({ addresses }) => (
          <div className="py-1.5 font-mono text-sm break-all whitespace-normal select-text">
            {addresses.map((address) => (
              <div key={address}>{address}</div>
            ))}
            {addresses.length === 0 && '–'}
          </div>
        ),
      },
      {
        id: 'mac',
        header: t('inventory.network.mac'),
        width: 'w-40',
        from: 'lg',
        cell: ({ mac }) => <span className="font-mono text-sm select-text">{mac ?? '–'}</span>,
      },
      {
        id: 'mtu',
        header: t('inventory.network.mtu'),
        width: 'w-20',
        align: 'right',
        from: 'xl',
        sortBy: ({ mtu }) => mtu,
        cell: ({ mtu }) => mtu ?? '–',
      },
      {
        id: 'received',
        header: t('inventory.network.received'),
        width: 'w-24',
        align: 'right',
        from: 'md',
        sortBy: ({ received_bytes }) => received_bytes,
        cell: ({ received_bytes }) => (received_bytes === null ? '–' : formatBytes(received_bytes)),
      },
      {
        id: 'sent',
        header: t('inventory.network.sent'),
        width: 'w-24',
        align: 'right',
        from: 'md',
        sortBy: ({ sent_bytes }) => sent_bytes,
        cell: ({ sent_bytes }) => (sent_bytes === null ? '–' : formatBytes(sent_bytes)),
      },
    ],
    [t],
  )
  return (
    <Reading node={node} query={query}>
      {({ at, network }) => (
        <Card aria-labelledby="network" className="overflow-clip">
          <CardHead id="network" title={t('inventory.sections.network')} action={<ReadAt at={at} isStale={away} />} />
          <CardBody className="border-b border-border py-2">
            <dl>
              <Fact name={t('inventory.network.gateway')} isMono>
                {network.gateway}
              </Fact>
              <Fact name={t('inventory.network.dns')} isMono>
                {network.dns_servers.join(', ')}
              </Fact>
            </dl>
          </CardBody>
          <Table
            name="inventory-network"
            label={t('inventory.sections.network')}
            rows={network.interfaces}
            columns={columns}
            rowKey={keyOf}
          />
        </Card>
      )}
    </Reading>
  )
}
