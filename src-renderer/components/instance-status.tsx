import { useTranslation } from 'react-i18next'
import type { Instance, InstanceState } from '#contract/instances'
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

/** A server's state as a dot and a word. */
export function InstanceStatus({ state, className }: { state: Instance['state']; className?: string }) {
  const { t } = useTranslation()
  return (
    <StatusDot tone={instanceTones[state]} {...(className && { className })}>
      {t(`states.instance.${state}`)}
    </StatusDot>
  )
}
