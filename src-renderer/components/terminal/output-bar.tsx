import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../ui/button.tsx'
import { Spinner } from '../ui/spinner.tsx'
import type { OutputStatus } from './output-session.ts'

/** A reconnect that takes less than this is not worth a word. */
const PATIENCE_MS = 500

/** A thin bar over the output while it is not live. It goes away by itself. */
export function OutputBar({ status, onRetry }: { status: OutputStatus; onRetry: () => void }) {
  const { t } = useTranslation()
  const isAway = status.kind === 'reconnecting' || status.kind === 'connecting'
  const isLate = useLate(isAway)
  if (status.kind === 'live' || status.kind === 'over' || (isAway && !isLate)) return null
  if (status.kind === 'ended') {
    const { code, error } = status
    const isKnown = code === 'not_found' || code === 'forbidden' || code === 'unauthorized'
    return (
      <p
        role="alert"
        className="absolute inset-x-0 top-0 z-10 border-b border-border bg-error-soft px-3 py-1 text-sm text-error"
      >
        {isKnown ? t(`console.ended.${code}`) : (error ?? t('console.ended.other', { code }))}
      </p>
    )
  }
  const isFirst = status.kind === 'connecting'
  return (
    <div
      role="status"
      className="absolute inset-x-0 top-0 z-10 flex min-h-7 items-center gap-2 border-b border-border bg-busy-soft px-3 text-sm text-busy"
    >
      <Spinner className="size-3" />
      <span className="min-w-0 flex-1 truncate">
        {isFirst
          ? t('console.connecting')
          : status.reason
            ? t('console.reconnectingWhy', { reason: status.reason })
            : t('console.reconnecting')}
      </span>
      {!isFirst && status.retryAt !== null && (
        <Button size="sm" variant="ghost" className="h-6 pointer-coarse:h-8" onClick={onRetry}>
          {t('console.retry')}
        </Button>
      )}
    </div>
  )
}

/** True when something has lasted for a while. */
function useLate(isOn: boolean): boolean {
  const [isLate, setLate] = useState(false)
  useEffect(() => {
    if (!isOn) return
    const timer = setTimeout(() => setLate(true), PATIENCE_MS)
    return () => {
      clearTimeout(timer)
      setLate(false)
    }
  }, [isOn])
  return isOn && isLate
}
