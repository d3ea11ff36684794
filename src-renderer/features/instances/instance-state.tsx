import { useTranslation } from 'react-i18next'
import type { Instance } from '#contract/instances'
import { InstanceStatus } from '../../components/instance-status.tsx'
import { reasonText } from '../../lib/reasons.ts'

type Props = {
  instance: Pick<Instance, 'state' | 'state_reason' | 'stage'>
  isReasonShown?: boolean
  /** Since when nothing is heard of its machine. */
  awaySince?: string | undefined
}

/** The state with what is to be said about it: what is being done, or why it is so. */
export function StateWithReason({ instance, isReasonShown = true, awaySince }: Props) {
  // Draws it again when the language changes.
  useTranslation()
  if (awaySince !== undefined && instance.state !== 'creating') {
    return <InstanceStatus state={instance.state} awaySince={awaySince} />
  }
  const words = instance.stage ?? (instance.state_reason && reasonText(instance.state_reason))
  return (
    <span className="flex min-w-0 items-baseline gap-2" title={words ?? undefined}>
      <InstanceStatus state={instance.state} className="shrink-0" />
      {isReasonShown && words && <span className="min-w-0 truncate text-sm text-muted">{words}</span>}
    </span>
  )
}
