import { useTranslation } from 'react-i18next'
import type { Migration, MigrationState } from '#contract/migrations'
import { Progress } from '../../components/ui/progress.tsx'
import { StatusDot, type Tone } from '../../components/ui/status-dot.tsx'
import { formatBytes, formatDuration } from '../../lib/format.ts'
import { reasonText } from '../../lib/reasons.ts'

const over: Partial<Record<MigrationState, Tone>> = { done: 'running', failed: 'error', cancelled: 'stopped' }
export const isUnderWay = ({ state }: Pick<Migration, 'state'>): boolean => over[state] === undefined

/** How far a move is: a word, what is done of all, and why it waits or ended. */
export function MigrationProgress({ migration }: { migration: Migration }) {
  const { t } = useTranslation()
  const { state, is_waiting: waits, bytes_done: done, bytes_total: total, percent, reason } = migration
  const moves = isUnderWay(migration)
  const word = waits ? t('migrations.waiting') : t(`migrations.states.${state}`)
  const counted = moves && total !== null && total > 0
  return (
    <div className="flex min-w-0 flex-col gap-1 py-1.5">
      <span className="flex min-w-0 flex-wrap items-baseline justify-between gap-x-3">
        <StatusDot tone={over[state] ?? (waits ? 'unknown' : 'busy')}>{word}</StatusDot>
        {counted && (
          <span className="text-sm tabular text-muted">
            {t('migrations.progress', { done: formatBytes(done), total: formatBytes(total) })}
          </span>
        )}
      </span>
      {moves && <Progress percent={percent} label={word} />}
      {reason !== null && (
        <span className="text-sm text-pretty whitespace-normal text-muted">{reasonText(reason)}</span>
      )}
      {state === 'done' && migration.downtime_ms !== null && (
        <span className="text-sm text-muted">
          {t('migrations.downtime', { duration: formatDuration(Math.max(1, migration.downtime_ms / 1000)) })}
        </span>
      )}
    </div>
  )
}
