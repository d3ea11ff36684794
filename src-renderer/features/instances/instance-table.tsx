import { Link, useNavigate } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { type Instance, instanceStates } from '#contract/instances'
import { useAwayMachines } from '../../components/use-away-machines.ts'
import type { Column } from '../../components/ui/column.ts'
import { Table } from '../../components/ui/table.tsx'
import { TemplateIcon } from '../templates/template-icon.tsx'
import { Address } from './address.tsx'
import { InstanceActions } from './instance-actions.tsx'
import { StateWithReason } from './instance-state.tsx'
import { Uptime } from './uptime.tsx'
import { UsageLine } from './usage-line.tsx'

type Props = {
  instances: readonly Instance[]
  selected: ReadonlySet<string>
  onSelect: (selected: ReadonlySet<string>) => void
}

const keyOf = ({ id }: Instance) => id
const nameOf = ({ name }: Instance) => name

export function InstanceTable({ instances, selected, onSelect }: Props) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const away = useAwayMachines()
  const isAnyAway = Object.keys(away).length > 0
  const open = useCallback(
    ({ id }: Instance) => void navigate({ to: '/servers/$instanceId', params: { instanceId: id } }),
    [navigate],
  )
  const columns = useMemo(
    (): Column<Instance>[] => [
      {
        id: 'name',
        header: t('instances.columns.name'),
        sortBy: ({ name }) => name,
        cell: (instance) => <Name instance={instance} />,
      },
      {
        id: 'state',
        header: t('instances.columns.state'),
        width: isAnyAway ? 'w-44 lg:w-52' : 'w-32 lg:w-36',
        sortBy: ({ state }) => instanceStates.indexOf(state),
        cell: (instance) => <StateWithReason instance={instance} awaySince={away[instance.node_id]} />,
      },
      {
        id: 'cpu',
        header: t('instances.columns.cpu'),
        width: 'w-20 xl:w-28',
        from: 'md',
        sortBy: ({ usage }) => usage?.cpu_percent ?? null,
        cell: (instance) => <UsageLine instance={instance} of="cpu" />,
      },
      {
        id: 'memory',
        header: t('instances.columns.memory'),
        width: 'w-24 xl:w-32',
        from: 'md',
        sortBy: ({ usage }) => usage?.memory_bytes ?? null,
        cell: (instance) => <UsageLine instance={instance} of="memory" />,
      },
      {
        id: 'address',
        header: t('instances.columns.address'),
        width: 'w-44',
        from: 'lg',
        sortBy: ({ address }) => address,
        cell: (instance) => <Address instance={instance} />,
      },
      {
        id: 'machine',
        header: t('instances.columns.machine'),
        width: 'w-24',
        from: 'xl',
        sortBy: ({ node_name: machine }) => machine,
        cell: ({ node_id: id, node_name: machine }) => (
          <Link
            to="/machines/$nodeId"
            params={{ nodeId: id }}
            className="rounded-sm text-muted hover:text-text hover:underline"
          >
            {machine}
          </Link>
        ),
      },
      {
        id: 'workload',
        header: t('instances.columns.workload'),
        width: 'w-36',
        from: 'xl',
        isHiddenAtFirst: true,
        sortBy: ({ workload_name: workload }) => workload,
        cell: ({ workload_name: workload }) => <span className="text-muted">{workload}</span>,
      },
      {
        id: 'uptime',
        header: t('instances.columns.uptime'),
        width: 'w-24',
        from: 'xl',
        align: 'right',
        sortBy: ({ started_at: at }) => (at === null ? null : -Date.parse(at)),
        cell: (instance) => (
          <span className="text-muted">
            <Uptime instance={instance} isBare />
          </span>
        ),
      },
      {
        id: 'actions',
        header: t('instances.columns.actions'),
        width: 'w-22 pointer-coarse:w-28',
        align: 'right',
        canHide: false,
        cell: (instance) => <InstanceActions instance={instance} />,
      },
    ],
    [t, away, isAnyAway],
  )
  return (
    <Table
      name="instances"
      label={t('instances.title')}
      rows={instances}
      columns={columns}
      rowKey={keyOf}
      onOpen={open}
      selection={{ selected, onChange: onSelect, nameOf }}
      sortedAtFirst={{ id: 'name', desc: false }}
    />
  )
}

function Name({ instance: { id, name, icon } }: { instance: Instance }) {
  return (
    <span className="flex min-w-0 items-center gap-2">
      <TemplateIcon icon={icon} size="sm" />
      <Link
        to="/servers/$instanceId"
        params={{ instanceId: id }}
        tabIndex={-1}
        className="truncate rounded-sm font-medium hover:underline"
      >
        {name}
      </Link>
    </span>
  )
}
