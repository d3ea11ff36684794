import { useQuery } from '@tanstack/react-query'
import { Container, PackageX } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { getInventoryContainers, type MachineContainer } from '#contract/inventory'
import type { FleetNode } from '#contract/nodes'
import type { Output } from '#contract/operation'
import { Card } from '../../components/ui/card.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { useCan } from '../../lib/me.ts'
import { isAway } from '../../lib/away.ts'
import { queryFor } from '../../lib/query.ts'
import { ActOnContainer, type Asked } from './act-on-container.tsx'
import { containerColumns } from './container-columns.tsx'
import { ContainerLogs } from './container-logs.tsx'
import { LiveList } from './live-list.tsx'
import { LIVE_MS } from './reading.tsx'
import { useServerNames } from './use-servers.ts'

const rowsOf = ({ containers }: Output<typeof getInventoryContainers>) => containers
const keyOf = ({ id }: MachineContainer) => id
const matches = ({ id, name, image }: MachineContainer, wanted: string) =>
  id.startsWith(wanted) || [name, image].some((text) => text.toLowerCase().includes(wanted))

/** Containers of the machine's engine, whoever made them. Ours are started and stopped through their servers. */
export function ContainersTab({ node }: { node: FleetNode }) {
  const { t } = useTranslation()
  const away = isAway(node)
  const [reading, setReading] = useState<MachineContainer>()
  const [asked, setAsked] = useState<Asked>()
  const may = useCan('nodes.containers') && !away
  const names = useServerNames(node.id)
  const query = useQuery({
    ...queryFor(getInventoryContainers, { params: { id: node.id } }),
    enabled: !away,
    refetchInterval: LIVE_MS,
  })
  const columns = useMemo(
    () => containerColumns(t, { names, onLogs: may ? setReading : undefined, onAct: may ? setAsked : undefined }),
    [t, names, may],
  )
  return (
    <LiveList
      node={node}
      query={query}
      name="inventory-containers"
      label={t('nodes.tabs.containers')}
      searchLabel={t('inventory.containers.search')}
      rowsOf={rowsOf}
      count={({ containers: { length: all }, engine }, found) => {
        const words =
          found === undefined
            ? t('inventory.containers.count', { count: all })
            : t('inventory.found', { found, count: all })
        return engine === null ? words : `${words} · ${t('nodes.docker', { version: engine })}`
      }}
      empty={({ engine }) => (
        <Card>
          <EmptyState
            icon={engine === null ? PackageX : Container}
            title={t(engine === null ? 'inventory.containers.noEngine' : 'inventory.containers.none')}
          >
            {t(engine === null ? 'inventory.containers.noEngineHelp' : 'inventory.containers.noneHelp')}
          </EmptyState>
        </Card>
      )}
      noMatchHelp={t('inventory.containers.noMatchHelp')}
      matches={matches}
      columns={columns}
      rowKey={keyOf}
    >
      {reading && <ContainerLogs node={node} container={reading} onClose={() => setReading(undefined)} />}
      {asked && <ActOnContainer node={node} asked={asked} onClose={() => setAsked(undefined)} />}
    </LiveList>
  )
}
