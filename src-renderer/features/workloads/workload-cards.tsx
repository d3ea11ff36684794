import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Workload } from '#contract/workloads'
import { Badge } from '../../components/ui/badge.tsx'
import { TemplateIcon } from '../templates/template-icon.tsx'
import { ServerCount, whatRuns } from './workload-facts.tsx'
import { WorkloadMenu } from './workload-menu.tsx'

export function WorkloadCards({ workloads }: { workloads: readonly Workload[] }) {
  const { t } = useTranslation()
  return (
    <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,19rem),1fr))] gap-3">
      {workloads.map((workload) => (
        <li
          key={workload.id}
          className="relative flex min-w-0 flex-col gap-3 rounded-lg border border-border bg-surface p-4 transition-colors has-[h2_a:hover]:border-field has-[h2_a:hover]:bg-hover"
        >
          <div className="flex items-start gap-3">
            <TemplateIcon icon={workload.icon} />
            <div className="min-w-0 flex-1">
              <h2 className="truncate text-lg font-semibold">
                <Link
                  to="/workloads/$workloadId"
                  params={{ workloadId: workload.id }}
                  className="rounded-sm after:absolute after:inset-0 after:rounded-lg"
                >
                  {workload.name}
                </Link>
              </h2>
              <p className="truncate font-mono text-sm text-muted">{whatRuns(workload)}</p>
            </div>
            <span className="relative z-10 -mt-1 -mr-1">
              <WorkloadMenu workload={workload} />
            </span>
          </div>
          {workload.description !== '' && <p className="line-clamp-2 text-pretty text-muted">{workload.description}</p>}
          <div className="mt-auto flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
            <Badge>{t(`templates.runtime.${workload.runtime}`)}</Badge>
            <span className="text-muted tabular">{t('workloads.version', { version: workload.version })}</span>
            <span className="ml-auto">
              <ServerCount workload={workload} />
            </span>
          </div>
        </li>
      ))}
    </ul>
  )
}
