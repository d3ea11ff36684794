import { useQuery } from '@tanstack/react-query'
import { Check } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { listTasks } from '#contract/activity'
import type { Instance } from '#contract/instances'
import { Card, CardBody, CardHead } from '../../components/ui/card.tsx'
import { Progress } from '../../components/ui/progress.tsx'
import { Spinner } from '../../components/ui/spinner.tsx'
import { cn } from '../../lib/cn.ts'
import { formatDuration } from '../../lib/format.ts'
import { useNow } from '../../lib/now.ts'
import { queryFor } from '../../lib/query.ts'
import { InstallLog } from '../console/install-log.tsx'

const stages = ['creating', 'installing', 'starting'] as const

/** A server on its way into being: where it is, for how long already, and what its installation prints. */
export function InstallPanel({ instance }: { instance: Instance }) {
  const { t } = useTranslation()
  const now = useNow(1000)
  const tasks = useQuery(queryFor(listTasks, { query: { limit: 20 } })).data?.items ?? []
  const task = tasks.find(({ subject_id: id, state }) => id === instance.id && state === 'running')
  const at = stages.findIndex((stage) => stage === instance.state)
  const duration = task && formatDuration((now - Date.parse(task.started_at)) / 1000)
  return (
    <Card>
      <CardHead
        title={instance.stage ?? t(`states.instance.${instance.state}`)}
        note={duration && <span className="tabular">{t('console.install.for', { duration })}</span>}
      />
      <CardBody className="flex flex-col gap-4">
        <ol className="flex flex-wrap gap-x-6 gap-y-2">
          {stages.map((stage, index) => (
            <li
              key={stage}
              aria-current={index === at ? 'step' : undefined}
              className={cn(
                'flex items-center gap-2',
                index === at ? 'font-medium text-busy' : index < at ? 'text-running' : 'text-muted',
              )}
            >
              {index < at ? (
                <Check aria-hidden size={14} />
              ) : index === at ? (
                <Spinner className="size-3.5" />
              ) : (
                <span aria-hidden className="size-3.5 rounded-full border border-field" />
              )}
              {t(`states.instance.${stage}`)}
            </li>
          ))}
        </ol>
        <Progress percent={task?.percent ?? null} label={t('instances.stages.title')} />
        <InstallLog instanceId={instance.id} name={instance.name} isRunning className="h-72" />
      </CardBody>
    </Card>
  )
}
