import { ChevronRight } from 'lucide-react'
import { useId, useState } from 'react'
import { Trans, useTranslation } from 'react-i18next'
import type { AuditLog } from '#contract/audit'
import { RelativeTime } from '../../components/relative-time.tsx'
import { Badge } from '../../components/ui/badge.tsx'
import { Dot } from '../../components/ui/status-dot.tsx'
import { cn } from '../../lib/cn.ts'
import { i18n } from '../../lib/i18n.ts'
import { AuditDetails } from './audit-details.tsx'

const tones = { done: 'stopped', refused: 'busy', failed: 'error' } as const

/** One line of the activity log; it opens to everything that is known about it. */
export function AuditRow({ entry }: { entry: AuditLog }) {
  const { t } = useTranslation()
  const panel = useId()
  const [isOpen, setOpen] = useState(false)
  const { action, outcome, at } = entry
  const isDone = outcome === 'done'
  return (
    <li className="border-b border-border last:border-0">
      <button
        type="button"
        aria-expanded={isOpen}
        aria-controls={panel}
        onClick={() => setOpen(!isOpen)}
        className="flex min-h-9 w-full items-start gap-2.5 px-4 py-2 text-left outline-offset-[-2px] transition-colors hover:bg-hover"
      >
        <ChevronRight
          aria-hidden
          size={16}
          className={cn('mt-0.5 shrink-0 text-muted transition-transform', isOpen && 'rotate-90')}
        />
        <span className="flex h-5 items-center">
          {isDone ? (
            <span aria-hidden className="size-2 rounded-full bg-field" />
          ) : (
            <Dot tone={tones[outcome]} className="animate-none" />
          )}
        </span>
        <span className="min-w-0 flex-1 break-words">
          <Sentence entry={entry} />
          {!isDone && (
            <Badge tone={outcome === 'failed' ? 'error' : 'busy'} className="ml-2 align-middle">
              {t(`organizations.audit.outcomes.${outcome}`)}
            </Badge>
          )}
        </span>
        <span className="hidden shrink-0 font-mono text-sm text-muted lg:block">{action}</span>
        <RelativeTime at={at} style="narrow" className="shrink-0 text-sm text-muted sm:w-24 sm:text-right" />
      </button>
      {isOpen && (
        <div id={panel} className="border-t border-border bg-sunken px-4 py-3 sm:pl-12">
          <AuditDetails entry={entry} />
        </div>
      )}
    </li>
  )
}

/** What was done reads as in the activity feed; what was not never happened, so it is told by its name. */
function Sentence({ entry }: { entry: AuditLog }) {
  const { t } = useTranslation()
  const { action, outcome, subject_name: subject } = entry
  const key = `activity.actions.${action}`
  const isDone = outcome === 'done'
  // Some actions are refusals by name: theirs is a sentence of its own.
  const isKnown = (isDone || action.endsWith('.refused')) && i18n.exists(key)
  const other = isDone ? (subject === null ? 'alone' : 'byOther') : subject === null ? 'triedAlone' : 'tried'
  return (
    <Trans
      i18nKey={(isKnown ? key : `activity.actions.${other}`) as 'activity.actions.byOther'}
      values={{
        actor: entry.actor_name ?? t('activity.system'),
        subject: subject ?? t('activity.unnamed'),
        action,
      }}
      components={{ actor: <span className="font-medium" />, subject: <span className="font-medium" /> }}
    />
  )
}
