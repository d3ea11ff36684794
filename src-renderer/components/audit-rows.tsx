import { ChevronRight } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { AuditLog } from '#contract/organizations'
import { formatDateTime } from '../lib/format.ts'
import { RelativeTime } from './relative-time.tsx'
import { Badge } from './ui/badge.tsx'

const tones = { done: 'running', refused: 'busy', failed: 'error' } as const

/** Lines of an audit log. Each opens to all that is known of it. */
export function AuditRows({ rows }: { rows: readonly AuditLog[] }) {
  return (
    <ol>
      {rows.map((row) => (
        <AuditRow key={row.id} row={row} />
      ))}
    </ol>
  )
}

function AuditRow({ row }: { row: AuditLog }) {
  const { t } = useTranslation()
  const subject = row.subject_name ?? row.subject_id
  return (
    <li className="border-b border-border last:border-0">
      <details className="group">
        <summary className="flex cursor-default list-none items-center gap-3 px-4 py-2 hover:bg-hover [&::-webkit-details-marker]:hidden">
          <ChevronRight
            aria-hidden
            size={14}
            className="shrink-0 text-muted transition-transform group-open:rotate-90"
          />
          <span className="grid min-w-0 flex-1 gap-x-4 sm:grid-cols-[minmax(0,13rem)_minmax(0,1fr)_minmax(0,14rem)]">
            <span className="truncate font-mono text-sm">{row.action}</span>
            <span className="truncate">{subject ?? '–'}</span>
            <span className="truncate text-muted">{row.actor_name ?? t(`audit.actor.${row.actor_type}`)}</span>
          </span>
          <Badge tone={tones[row.outcome]}>{t(`audit.outcome.${row.outcome}`)}</Badge>
          <RelativeTime
            at={row.at}
            style="narrow"
            className="w-20 shrink-0 text-right text-sm text-muted max-sm:hidden"
          />
        </summary>
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 px-4 pt-1 pb-3 pl-11 text-sm">
          <Line label={t('audit.at')}>{formatDateTime(row.at)}</Line>
          <Line label={t('audit.ip')}>{row.ip}</Line>
          <Line label={t('audit.subject')}>
            {row.subject_type}
            {row.subject_id && ` ${row.subject_id}`}
          </Line>
          <Line label={t('audit.reason')}>{row.reason}</Line>
          <Line label={t('audit.details')}>{row.details}</Line>
        </dl>
      </details>
    </li>
  )
}

function Line({ label, children }: { label: string; children: React.ReactNode }) {
  if (children === null || children === undefined || children === '') return null
  return (
    <>
      <dt className="text-muted">{label}</dt>
      <dd className="min-w-0 font-mono break-words">{children}</dd>
    </>
  )
}
