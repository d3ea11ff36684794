import { useQuery } from '@tanstack/react-query'
import { Container, PackageX } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { getInventoryContainers, type MachineContainer } from '#contract/inventory'
import type { FleetNode } from '#contract/nodes'
import { SearchField } from '../../components/search-field.tsx'
import { Card } from '../../components/ui/card.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { Table } from '../../components/ui/table.tsx'
import { useCan } from '../../lib/me.ts'
import { queryFor } from '../../lib/query.ts'
import { ActOnContainer, type Asked } from './act-on-container.tsx'
import { containerColumns } from './container-columns.tsx'
import { ContainerLogs } from './container-logs.tsx'
import { LIVE_MS, ReadAt, Reading } from './reading.tsx'
import { useServerNames } from './use-servers.ts'

const keyOf = ({ id }: MachineContainer) => id
const matches = ({ id, name, image }: MachineContainer, wanted: string) =>
  id.startsWith(wanted) || [name, image].some((text) => text.toLowerCase().includes(wanted))

/** Containers of the machine's engine, whoever made them. Ours are started and stopped through their servers. */
export function ContainersTab({ node }: { node: FleetNode }) {
  const { t } = useTranslation()
  const isAway = node.state === 'offline'
  const [search, setSearch] = useState('')
  const [reading, setReading] = useState<MachineContainer>()
  const [asked, setAsked] = useState<Asked>()
  const may = useCan('nodes.containers') && !isAway
  const names = useServerNames(node.id)
  const query = useQuery({
    ...queryFor(getInventoryContainers, { params: { id: node.id } }),
    enabled: !isAway,
    refetchInterval: LIVE_MS,
  })
  const columns = useMemo(
    () => containerColumns(t, { names, onLogs: may ? setReading : undefined, onAct: may ? setAsked : undefined }),
    [t, names, may],
  )
  const all = query.data?.containers
  const shown = useMemo(() => {
    const wanted = search.trim().toLowerCase()
    return wanted === '' ? (all ?? []) : (all ?? []).filter((container) => matches(container, wanted))
  }, [all, search])
  return (
    <Reading node={node} query={query}>
      {({ at, engine, containers }) =>
        engine === null || containers.length === 0 ? (
          <Card>
            <EmptyState
              icon={engine === null ? PackageX : Container}
              title={t(engine === null ? 'inventory.containers.noEngine' : 'inventory.containers.none')}
            >
              {t(engine === null ? 'inventory.containers.noEngineHelp' : 'inventory.containers.noneHelp')}
            </EmptyState>
          </Card>
        ) : (
          <div className="flex min-w-0 flex-col gap-3">
            <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
              <SearchField value={search} onValueChange={setSearch} label={t('inventory.containers.search')} />
              <span className="text-sm text-muted">{t('nodes.docker', { version: engine })}</span>
              <span className="ml-auto">
                <ReadAt at={at} isStale={isAway} />
              </span>
            </div>
            <Card className="overflow-clip">
              {shown.length === 0 ? (
                <EmptyState icon={Container} title={t('inventory.containers.noMatch')} />
              ) : (
                <Table
                  name="inventory-containers"
                  label={t('nodes.tabs.containers')}
                  rows={shown}
                  columns={columns}
                  rowKey={keyOf}
                />
              )}
            </Card>
            {reading && <ContainerLogs node={node} container={reading} onClose={() => setReading(undefined)} />}
            {asked && <ActOnContainer node={node} asked={asked} onClose={() => setAsked(undefined)} />}
          </div>
        )
      }
    </Reading>
  )
}
