import { useQuery } from '@tanstack/react-query'
import { SearchX } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { getInventoryProcesses, type MachineProcess } from '#contract/inventory'
import type { FleetNode } from '#contract/nodes'
import { SearchField } from '../../components/search-field.tsx'
import { Card } from '../../components/ui/card.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { Table } from '../../components/ui/table.tsx'
import { useCan } from '../../lib/me.ts'
import { queryFor } from '../../lib/query.ts'
import { EndProcess } from './end-process.tsx'
import { processColumns } from './process-columns.tsx'
import { LIVE_MS, ReadAt, Reading } from './reading.tsx'
import { useServerNames } from './use-servers.ts'

const keyOf = ({ pid, started_at }: MachineProcess) => `${pid} ${started_at}`

/** Whether a process is what was typed: its number, or a part of its name, its user or what it was started with. */
const matches = (process: MachineProcess, wanted: string) =>
  String(process.pid) === wanted ||
  [process.name, process.user, process.command].some((text) => text.toLowerCase().includes(wanted))

export function ProcessesSection({ node }: { node: FleetNode }) {
  const { t } = useTranslation()
  const isAway = node.state === 'offline'
  const [search, setSearch] = useState('')
  const [ending, setEnding] = useState<MachineProcess>()
  const canEnd = useCan('nodes.processes') && !isAway
  const names = useServerNames(node.id)
  const query = useQuery({
    ...queryFor(getInventoryProcesses, { params: { id: node.id } }),
    enabled: !isAway,
    refetchInterval: LIVE_MS,
  })
  const columns = useMemo(() => processColumns(t, { names, onEnd: canEnd ? setEnding : undefined }), [t, names, canEnd])
  const all = query.data?.processes
  const shown = useMemo(() => {
    const wanted = search.trim().toLowerCase()
    return wanted === '' ? (all ?? []) : (all ?? []).filter((process) => matches(process, wanted))
  }, [all, search])
  return (
    <Reading node={node} query={query}>
      {({ at, processes, total }) => (
        <>
          <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
            <SearchField value={search} onValueChange={setSearch} label={t('inventory.processes.search')} />
            <span className="text-sm text-muted">
              {total > processes.length
                ? t('inventory.processes.mostOf', { shown: processes.length, count: total })
                : t('inventory.processes.count', { count: total })}
            </span>
            <span className="ml-auto">
              <ReadAt at={at} isStale={isAway} />
            </span>
          </div>
          <Card className="overflow-clip">
            {shown.length === 0 ? (
              <EmptyState icon={SearchX} title={t('inventory.processes.noMatch')}>
                {t('inventory.processes.noMatchHelp')}
              </EmptyState>
            ) : (
              <Table
                name="inventory-processes"
                label={t('inventory.sections.processes')}
                rows={shown}
                columns={columns}
                rowKey={keyOf}
                sortedAtFirst={{ id: 'cpu', desc: true }}
              />
            )}
          </Card>
          {ending && <EndProcess node={node} process={ending} onClose={() => setEnding(undefined)} />}
        </>
      )}
    </Reading>
  )
}
