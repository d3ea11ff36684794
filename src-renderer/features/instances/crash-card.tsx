import { CircleAlert } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from '@tanstack/react-router'
import type { Instance } from '#contract/instances'
import { RelativeTime } from '../../components/relative-time.tsx'
import { Badge } from '../../components/ui/badge.tsx'
import { Button } from '../../components/ui/button.tsx'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { cn } from '../../lib/cn.ts'
import { formatBytes } from '../../lib/format.ts'
import { reasonText } from '../../lib/reasons.ts'
import { AnsiText } from '../console/ansi-text.tsx'
import { ansiRange } from '../console/ansi-colour.ts'
import { stripAnsi } from '../console/ansi.ts'
import { InstallLog } from '../console/install-log.tsx'
import { isBackingOff } from './power.ts'

/** Whether there is something to explain: it is broken, or it was a moment ago and its last end was no orderly one. */
export function hasCrashed({ state, crash_count: count, exit }: Instance): boolean {
  if (state === 'error') return true
  return count > 0 && exit !== null && (exit.oom || exit.code !== 0) && state !== 'stopped'
}

/** Why it ended, what happens next, and what it said last. */
export function CrashCard({ instance }: { instance: Instance }) {
  const { t } = useTranslation()
  const { exit, crash_count: count, crash_log: log, limits } = instance
  const isCrash = exit !== null && count > 0
  // It runs again; the notice stays until the run has lasted.
  const isOver = instance.state !== 'error'
  const lines = (log ?? '').replace(/\n$/, '').split('\n')
  const [isOpen, setOpen] = useState(instance.state === 'error' && !isBackingOff(instance))
  return (
    <section
      aria-label={t('instances.crash.title')}
      className={cn('overflow-clip rounded-lg border bg-surface', isOver ? 'border-border' : 'border-error')}
    >
      <div className={cn('flex flex-col gap-2 p-4', isOver ? 'bg-busy-soft' : 'bg-error-soft')}>
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h2 className={cn('flex items-center gap-2 font-semibold', isOver ? 'text-busy' : 'text-error')}>
            <CircleAlert aria-hidden size={16} />
            {t(isCrash ? 'instances.crash.title' : 'instances.crash.failed')}
          </h2>
          {isCrash && (
            <Badge tone="outline">
              {exit.oom
                ? t('instances.crash.oom')
                : exit.signal
                  ? t('instances.crash.signal', { signal: exit.signal })
                  : t('instances.crash.exit', { code: exit.code ?? '?' })}
            </Badge>
          )}
          {isCrash && <RelativeTime at={exit.at} className="text-sm text-muted" />}
          {count > 1 && <span className="text-sm text-muted">{t('instances.crash.count', { count })}</span>}
        </div>
        <p className="text-pretty break-words">
          {isOver ? t('instances.crash.over') : instance.state_reason !== null && reasonText(instance.state_reason)}
        </p>
        {isCrash && exit.oom && (
          <p className="text-pretty text-muted">
            {limits.memory_bytes === null
              ? t('instances.crash.oomHelpPlain')
              : t('instances.crash.oomHelp', { limit: formatBytes(limits.memory_bytes) })}{' '}
            <Link
              to="/servers/$instanceId"
              params={{ instanceId: instance.id }}
              search={{ tab: 'settings' }}
              className="rounded-sm text-accent hover:underline"
            >
              {t('instances.crash.toLimits')}
            </Link>
          </p>
        )}
        {isCrash && instance.state === 'error' && (
          <p className="text-muted">{t(isBackingOff(instance) ? 'instances.crash.again' : 'instances.crash.gaveUp')}</p>
        )}
      </div>
      {isCrash && log ? (
        <div className="border-t border-border">
          <div className="flex min-h-9 items-center justify-between gap-2 px-4">
            <Button size="sm" variant="ghost" className="-ml-2" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
              {t('instances.crash.lines')}
            </Button>
            <CopyButton text={stripLines(lines)} label={t('instances.crash.copy')} />
          </div>
          {isOpen && (
            // Begins at its end, where the reason usually is: a reversed column is scrolled from below.
            <div
              // What scrolls has to be reached by keyboard too.
              // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
              tabIndex={0}
              role="region"
              aria-label={t('instances.crash.lines')}
              className={cn(
                'flex max-h-72 flex-col-reverse overflow-y-auto border-t border-border bg-sunken -outline-offset-2',
                ansiRange,
              )}
            >
              <pre className="p-3 font-mono text-sm [font-variant-ligatures:none] break-words whitespace-pre-wrap">
                {lines.map((line, at) => (
                  <div key={at} className="min-h-5">
                    <AnsiText line={line} />
                  </div>
                ))}
              </pre>
            </div>
          )}
        </div>
      ) : (
        !isCrash && (
          <InstallLog
            instanceId={instance.id}
            name={instance.name}
            isRunning={false}
            className="h-60 border-t border-border p-3"
          />
        )
      )}
    </section>
  )
}

const stripLines = (lines: readonly string[]) => lines.map(stripAnsi).join('\n')
