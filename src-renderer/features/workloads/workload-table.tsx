import { Link, useNavigate } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Workload } from '#contract/workloads'
import { RelativeTime } from '../../components/relative-time.tsx'
import type { Column } from '../../components/ui/column.ts'
import { Table } from '../../components/ui/table.tsx'
import { TemplateIcon } from '../templates/template-icon.tsx'
import { ServerCount, whatRuns } from './workload-facts.tsx'
import { WorkloadMenu } from './workload-menu.tsx'

const keyOf = ({ id }: Workload) => id

export function WorkloadTable({ workloads }: { workloads: readonly Workload[] }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const open = useCallback(
    ({ id }: Workload) => void navigate({ to: '/workloads/$workloadId', params: { workloadId: id } }),
    [navigate],
  )
  const columns = useMemo(
    (): Column<Workload>[] => [
      {
        id: 'name',
        header: t('workloads.columns.name'),
        sortBy: ({ name }) => name,
        cell: ({ id, name, icon }) => (
          <span className="flex min-w-0 items-center gap-2">
            <TemplateIcon icon={icon} size="sm" />
            <Link
              to="/workloads/$workloadId"
              params={{ workloadId: id }}
              tabIndex={-1}
              className="truncate rounded-sm font-medium hover:underline"
            >
              {name}
            </Link>
          </span>
        ),
      },
      {
        id: 'runtime',
        header: t('workloads.columns.runtime'),
        width: 'w-28',
        from: 'lg',
        sortBy: ({ runtime }) => runtime,
        cell: ({ runtime }) => <span className="text-muted">{t(`templates.runtime.${runtime}`)}</span>,
      },
      {
        id: 'what',
        header: t('workloads.columns.what'),
        from: 'lg',
        sortBy: whatRuns,
        cell: (workload) => <span className="font-mono text-sm text-muted">{whatRuns(workload)}</span>,
      },
      {
        id: 'servers',
        header: t('workloads.columns.servers'),
        width: 'w-28',
        sortBy: ({ instance_count: count }) => count,
        cell: (workload) => <ServerCount workload={workload} />,
      },
      {
        id: 'version',
        header: t('workloads.columns.version'),
        width: 'w-24',
        from: 'md',
        align: 'right',
        sortBy: ({ version }) => version,
        cell: ({ version }) => <span className="text-muted">{version}</span>,
      },
      {
        id: 'changed',
        header: t('workloads.columns.changed'),
        width: 'w-36',
        from: 'lg',
        sortBy: ({ updated_at: at }) => at,
        cell: ({ updated_at: at }) => <RelativeTime at={at} className="text-muted" />,
      },
      {
        id: 'actions',
        header: t('workloads.columns.actions'),
        width: 'w-20',
        align: 'right',
        canHide: false,
        cell: (workload) => <WorkloadMenu workload={workload} />,
      },
    ],
    [t],
  )
  return (
    <Table
      name="workloads"
      label={t('workloads.title')}
      rows={workloads}
      columns={columns}
      rowKey={keyOf}
      onOpen={open}
      sortedAtFirst={{ id: 'name', desc: false }}
    />
  )
}
