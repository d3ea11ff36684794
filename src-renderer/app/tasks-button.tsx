import { Link } from '@tanstack/react-router'
import { CircleAlert, CircleCheck, ListChecks } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Task } from '#contract/activity'
import { IconButton } from '../components/ui/icon-button.tsx'
import { Popover } from '../components/ui/popover.tsx'
import { Progress } from '../components/ui/progress.tsx'
import { RelativeTime } from '../components/relative-time.tsx'
import { formatDuration, formatPercent } from '../lib/format.ts'
import { useNow } from '../lib/now.ts'
import { taskText, useTasks } from './use-tasks.ts'

const SHOWN_FINISHED = 5

/** Long work in the top bar: how much is running, and behind it each with its progress. */
export function TasksButton() {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  const tasks = useTasks()
  const running = tasks.filter((task) => task.state === 'running')
  const finished = tasks.filter((task) => task.state !== 'running').slice(0, SHOWN_FINISHED)
  const label = running.length > 0 ? t('shell.tasks.running', { count: running.length }) : t('shell.tasks.title')
  return (
    <Popover
      open={isOpen}
      onOpenChange={setOpen}
      title={t('shell.tasks.title')}
      className="w-90"
      trigger={<IconButton icon={ListChecks} label={label} count={running.length} />}
    >
      {running.length + finished.length === 0 ? (
        <div className="pb-1">
          <p>{t('shell.tasks.none')}</p>
          <p className="mt-1 text-muted">{t('shell.tasks.noneHelp')}</p>
        </div>
      ) : (
        <ul className="-mx-1 flex flex-col gap-1">
          {[...running, ...finished].map((task) => (
            <li key={task.id}>
              <TaskRow task={task} onFollow={() => setOpen(false)} />
            </li>
          ))}
        </ul>
      )}
    </Popover>
  )
}

function TaskRow({ task, onFollow }: { task: Task; onFollow: () => void }) {
  const title = <span className="truncate font-medium">{taskText(task, 'kind')}</span>
  const isGone = task.kind === 'instance.delete' && task.state === 'done'
  return (
    <div className="rounded-md px-1 py-1.5">
      <div className="flex items-center gap-2">
        {task.state === 'done' && <CircleCheck aria-hidden size={14} className="shrink-0 text-running" />}
        {task.state === 'failed' && <CircleAlert aria-hidden size={14} className="shrink-0 text-error" />}
        {task.subject_type === 'instance' && !isGone ? (
          <Link
            to="/servers/$instanceId"
            params={{ instanceId: task.subject_id }}
            onClick={onFollow}
            className="min-w-0 truncate rounded-sm hover:underline"
          >
            {title}
          </Link>
        ) : (
          title
        )}
        <span className="ml-auto shrink-0 text-sm tabular text-muted">
          {task.state === 'running'
            ? task.percent !== null && formatPercent(task.percent, 0)
            : task.finished_at && <RelativeTime at={task.finished_at} />}
        </span>
      </div>
      {task.state === 'running' ? <RunningTask task={task} /> : <TaskOutcome task={task} />}
    </div>
  )
}

function RunningTask({ task }: { task: Task }) {
  const { t } = useTranslation()
  const elapsed = formatDuration((useNow() - Date.parse(task.started_at)) / 1000)
  return (
    <>
      <div className="py-1.5">
        <Progress percent={task.percent} label={taskText(task, 'kind')} />
      </div>
      <div className="flex justify-between gap-2 text-sm text-muted">
        <span className="truncate">{task.stage}</span>
        <span className="shrink-0 tabular">{t('shell.tasks.elapsed', { duration: elapsed })}</span>
      </div>
    </>
  )
}

function TaskOutcome({ task }: { task: Task }) {
  const { t } = useTranslation()
  if (task.state === 'failed') {
    return <p className="pt-0.5 pl-5.5 text-sm break-words text-error">{task.error ?? t('shell.tasks.stateFailed')}</p>
  }
  return <span className="sr-only">{t('shell.tasks.stateDone')}</span>
}
