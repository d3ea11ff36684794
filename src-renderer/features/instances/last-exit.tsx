import { useTranslation } from 'react-i18next'
import type { Instance } from '#contract/instances'
import { RelativeTime } from '../../components/relative-time.tsx'

/** How the last run of a stopped server ended, unless its reason says that already. */
export function LastExit({
  instance: { state, state_reason: reason, exit },
}: {
  instance: Pick<Instance, 'state' | 'state_reason' | 'exit'>
}) {
  const { t } = useTranslation()
  if (state !== 'stopped' || reason !== null || exit === null) return null
  const how = exit.oom
    ? t('instances.crash.oom')
    : exit.signal === null
      ? t('instances.crash.exit', { code: exit.code ?? '?' })
      : t('instances.crash.signal', { signal: exit.signal })
  return (
    <span>
      {how} · <RelativeTime at={exit.at} />
    </span>
  )
}
