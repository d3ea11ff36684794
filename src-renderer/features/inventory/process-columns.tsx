import type { TFunction } from 'i18next'
import { CircleX, Lock } from 'lucide-react'
import type { MachineProcess } from '#contract/inventory'
import { RelativeTime } from '../../components/relative-time.tsx'
import type { Column } from '../../components/ui/column.ts'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { formatBytes, formatNumber } from '../../lib/format.ts'
import { NameCell, serverColumn } from './shared-columns.tsx'

type Parts = {
  names: ReadonlyMap<string, string>
  /** Absent where one may not end any. */
  onEnd: ((process: MachineProcess) => void) | undefined
}

export const processColumns = (t: TFunction, { names, onEnd }: Parts): Column<MachineProcess>[] => [
  {
    id: 'name',
    header: t('inventory.processes.name'),
    sortBy: ({ name }) => name,
    cell: ({ name, command, instance_id: instanceId }) => (
      <NameCell name={name} detail={command} instanceId={instanceId} names={names} />
    ),
  },
  {
    id: 'pid',
    header: t('inventory.processes.pid'),
    width: 'w-20',
    align: 'right',
    from: 'sm',
    sortBy: ({ pid }) => pid,
    cell: ({ pid }) => <span className="font-mono text-sm">{pid}</span>,
  },
  {
    id: 'user',
    header: t('inventory.processes.user'),
    width: 'w-28',
    from: 'md',
    sortBy: ({ user }) => user,
    cell: ({ user }) => user || '–',
  },
  serverColumn(t, names),
  {
    id: 'state',
    header: t('inventory.processes.state'),
    width: 'w-24',
    from: 'xl',
    isHiddenAtFirst: true,
    sortBy: ({ state }) => state,
    cell: ({ state }) => <span className="font-mono text-sm">{state || '–'}</span>,
  },
  {
    id: 'cpu',
    header: t('inventory.processes.cpu'),
    width: 'w-18 sm:w-20',
    align: 'right',
    sortBy: ({ cpu_percent }) => cpu_percent,
    cell: ({ cpu_percent }) => `${formatNumber(cpu_percent, 1)}\u00a0%`,
  },
  {
    id: 'memory',
    header: t('inventory.processes.memory'),
    width: 'w-24',
    align: 'right',
    from: 'sm',
    sortBy: ({ memory_bytes }) => memory_bytes,
    cell: ({ memory_bytes }) => formatBytes(memory_bytes),
  },
  {
    id: 'threads',
    header: t('inventory.processes.threads'),
    width: 'w-20',
    align: 'right',
    from: 'xl',
    isHiddenAtFirst: true,
    sortBy: ({ threads }) => threads,
    cell: ({ threads }) => threads,
  },
  {
    id: 'started',
    header: t('inventory.processes.started'),
    width: 'w-32',
    from: 'lg',
    sortBy: ({ started }) => Date.parse(started),
    cell: ({ started }) => <RelativeTime at={started} style="narrow" className="text-muted" />,
  },
  {
    id: 'actions',
    header: t('inventory.actions'),
    width: 'w-18',
    align: 'right',
    canHide: false,
    cell: (process) => <EndButton t={t} process={process} onEnd={onEnd} />,
  },
]

function EndButton({ t, process, onEnd }: { t: TFunction; process: MachineProcess; onEnd: Parts['onEnd'] }) {
  if (process.is_protected) {
    return (
      <span title={t('inventory.processes.protected')} className="inline-grid size-7 place-items-center text-muted">
        <Lock size={14} aria-label={t('inventory.processes.protected')} role="img" />
      </span>
    )
  }
  if (!onEnd || process.instance_id) return null
  return (
    <IconButton
      icon={CircleX}
      size="sm"
      label={t('inventory.processes.endNamed', { name: process.name, pid: process.pid })}
      onClick={() => onEnd(process)}
    />
  )
}
