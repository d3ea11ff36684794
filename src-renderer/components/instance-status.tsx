import { useTranslation } from 'react-i18next'
import type { Instance, InstanceState } from '#contract/instances'
import { cn } from '../lib/cn.ts'
import { formatSince } from '../lib/format.ts'
import { StatusDot, type Tone } from './ui/status-dot.tsx'

export const instanceTones: Record<InstanceState, Tone> = {
  creating: 'busy',
  installing: 'busy',
  starting: 'busy',
  running: 'running',
  stopping: 'busy',
  stopped: 'stopped',
  error: 'error',
  migrating: 'busy',
  unknown: 'unknown',
}

type Props = {
  state: Instance['state']
  /** Since when nothing is heard of its machine: the state is the last that was heard. Empty where that is not known. */
  awaySince?: string | undefined
  className?: string
}

/** A server's state as a dot and a word. */
export function InstanceStatus({ state, awaySince, className }: Props) {
  const { t } = useTranslation()
  const word = t(`states.instance.${state}`)
  if (awaySince === undefined || state === 'creating') {
    return (
      <StatusDot tone={instanceTones[state]} {...(className && { className })}>
        {word}
      </StatusDot>
    )
  }
  const time = awaySince === '' ? undefined : formatSince(awaySince)
  return (
    <span
      title={time === undefined ? t('states.away') : t('states.awaySince', { time })}
      className={cn('inline-flex min-w-0 items-baseline gap-2', className)}
    >
      <StatusDot tone="unknown" className="shrink-0">
        {word}
      </StatusDot>
      {time !== undefined && (
        <span className="min-w-0 truncate text-sm text-muted">
          {t(state === 'unknown' ? 'states.since' : 'states.asOf', { time })}
        </span>
      )}
    </span>
  )
}
