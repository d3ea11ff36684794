import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { getInventoryProcesses, type MachineProcess } from '#contract/inventory'
import type { FleetNode } from '#contract/nodes'
import type { Output } from '#contract/operation'
import { useCan } from '../../lib/me.ts'
import { isAway } from '../../lib/away.ts'
import { queryFor } from '../../lib/query.ts'
import { EndProcess } from './end-process.tsx'
import { LiveList } from './live-list.tsx'
import { processColumns } from './process-columns.tsx'
import { LIVE_MS } from './reading.tsx'
import { useServerNames } from './use-servers.ts'

const rowsOf = ({ processes }: Output<typeof getInventoryProcesses>) => processes
const keyOf = ({ pid, started_at }: MachineProcess) => `${pid} ${started_at}`

/** Whether a process is what was typed: its number, or a part of its name, its user or what it was started with. */
const matches = (process: MachineProcess, wanted: string) =>
  String(process.pid) === wanted ||
  [process.name, process.user, process.command].some((text) => text.toLowerCase().includes(wanted))

export function ProcessesSection({ node }: { node: FleetNode }) {
  const { t } = useTranslation()
  const away = isAway(node)
  const [ending, setEnding] = useState<MachineProcess>()
  const canEnd = useCan('nodes.processes') && !away
  const names = useServerNames(node.id)
  const query = useQuery({
    ...queryFor(getInventoryProcesses, { params: { id: node.id } }),
    enabled: !away,
    refetchInterval: LIVE_MS,
  })
  const columns = useMemo(() => processColumns(t, { names, onEnd: canEnd ? setEnding : undefined }), [t, names, canEnd])
  return (
    <LiveList
      node={node}
      query={query}
      name="inventory-processes"
      label={t('inventory.sections.processes')}
      searchLabel={t('inventory.processes.search')}
      rowsOf={rowsOf}
      count={({ processes, total }, found) => {
        const all = processes.length
        if (found === undefined) {
          return total > all
            ? t('inventory.processes.mostOf', { shown: all, count: total })
            : t('inventory.processes.count', { count: total })
        }
        return total > all
          ? t('inventory.processes.foundOfMost', { found, shown: all })
          : t('inventory.found', { found, count: all })
      }}
      noMatchHelp={t('inventory.processes.noMatchHelp')}
      matches={matches}
      columns={columns}
      rowKey={keyOf}
      sortedAtFirst={{ id: 'cpu', desc: true }}
    >
      {ending && <EndProcess node={node} process={ending} onClose={() => setEnding(undefined)} />}
    </LiveList>
  )
}
