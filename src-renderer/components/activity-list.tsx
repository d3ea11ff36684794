import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { History } from 'lucide-react'
import type { ReactNode } from 'react'
import { Trans, useTranslation } from 'react-i18next'
import { type Activity, listActivity } from '#contract/activity'
import { cn } from '../lib/cn.ts'
import { i18n } from '../lib/i18n.ts'
import { pagesFor } from '../lib/query.ts'
import { reasonText } from '../lib/reasons.ts'
import { RelativeTime } from './relative-time.tsx'
import { Button } from './ui/button.tsx'
import { EmptyState } from './ui/empty-state.tsx'
import { ErrorState } from './ui/error-state.tsx'
import { SkeletonRows } from './ui/skeleton.tsx'

type Props = { /** Only what happened to this. */ subjectId?: string; pageSize?: number }

/** What happened, newest first, as it happens. */
export function ActivityList({ subjectId, pageSize = 20 }: Props) {
  const { t } = useTranslation()
  const list = useInfiniteQuery(
    pagesFor(listActivity, { query: { limit: pageSize, ...(subjectId && { subject_id: subjectId }) } }),
  )
  if (list.isPending) return <SkeletonRows rows={6} />
  if (list.isError) {
    return <ErrorState error={list.error} title={t('activity.failed')} onRetry={() => void list.refetch()} />
  }
  if (list.data.length === 0) {
    return (
      <EmptyState icon={History} title={t('activity.none')}>
        {t('activity.noneHelp')}
      </EmptyState>
    )
  }
  return (
    <>
      <ol>
        {worthTelling(list.data).map((entry) => (
          <ActivityRow key={entry.id} entry={entry} />
        ))}
      </ol>
      {list.hasNextPage && (
        <div className="flex justify-center p-2">
          <Button variant="ghost" size="sm" pending={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t('common.loadMore')}
          </Button>
        </div>
      )}
    </>
  )
}

/** That a program started says nothing beside the line that says it is running. */
export function worthTelling(entries: readonly Activity[]): Activity[] {
  const ready = new Set<string | null>()
  return entries.filter(({ action, subject_id }) => {
    if (action === 'instance.ready') ready.add(subject_id)
    else if (action === 'instance.started') return !ready.delete(subject_id)
    return true
  })
}

const tones: readonly [RegExp, string][] = [
  [/\.(crashed|gave_up|install_failed|start_failed|lost|unhealthy)$/, 'bg-error'],
  [/\.(ready|installed|connected|recovered|registered|bootstrapped)$/, 'bg-running'],
]

function ActivityRow({ entry }: { entry: Activity }) {
  const { t } = useTranslation()
  const key = `activity.actions.${entry.action}`
  const isKnown: boolean = i18n.exists(key)
  const tone = tones.find(([pattern]) => pattern.test(entry.action))?.[1] ?? 'bg-field'
  return (
    <li className="flex gap-3 border-b border-border px-4 py-2 last:border-0">
      <span aria-hidden className={cn('mt-1.5 size-2 shrink-0 rounded-full', tone)} />
      <div className="min-w-0 flex-1">
        <p className="break-words">
          <Trans
            i18nKey={(isKnown ? key : 'activity.actions.other') as 'activity.actions.other'}
            values={{
              subject: entry.subject_name ?? t('activity.unnamed'),
              actor: entry.actor_name ?? t('activity.system'),
              action: entry.action,
            }}
            components={{ subject: <Subject entry={entry} />, actor: <span className="font-medium" /> }}
          />
        </p>
        {entry.reason && <p className="text-sm break-words text-muted">{reasonText(entry.reason)}</p>}
      </div>
      <RelativeTime at={entry.at} style="narrow" className="shrink-0 text-sm text-muted" />
    </li>
  )
}

/** The name of what it happened to, as the way there. What was deleted has none. */
function Subject({ entry, children }: { entry: Activity; children?: ReactNode }) {
  const style = 'rounded-sm font-medium hover:underline'
  const id = entry.subject_id
  if (id && !entry.action.endsWith('.deleted')) {
    if (entry.subject_type === 'instance') {
      return (
        <Link to="/servers/$instanceId" params={{ instanceId: id }} className={style}>
          {children}
        </Link>
      )
    }
    if (entry.subject_type === 'node') {
      return (
        <Link to="/machines/$nodeId" params={{ nodeId: id }} className={style}>
          {children}
        </Link>
      )
    }
    if (entry.subject_type === 'workload') {
      return (
        <Link to="/workloads/$workloadId" params={{ workloadId: id }} className={style}>
          {children}
        </Link>
      )
    }
  }
  return <span className="font-medium">{children}</span>
}
