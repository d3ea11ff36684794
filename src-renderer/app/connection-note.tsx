import { RefreshCw } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../components/ui/button.tsx'
import { Popover } from '../components/ui/popover.tsx'
import { retryEvents, useConnection } from '../lib/events.ts'
import { formatSince } from '../lib/format.ts'

/** A blink of the network is no news; only what lasts longer is told. */
const PATIENCE_MS = 1_500

/** Says calmly that values may be old while the stream is away, and for a moment that it is back. */
export function ConnectionNote() {
  const { t } = useTranslation()
  const connection = useConnection()
  const since = connection.status === 'away' ? connection.since : undefined
  const [shown, setShown] = useState<'away' | 'back'>()
  const lastSince = useRef<number>(undefined)
  if (since !== undefined) lastSince.current = since

  useEffect(() => {
    if (since !== undefined) {
      const timer = setTimeout(() => setShown('away'), Math.max(0, since + PATIENCE_MS - Date.now()))
      return () => clearTimeout(timer)
    }
    setShown((before) => (before ? 'back' : undefined))
    const timer = setTimeout(() => setShown(undefined), 3_000)
    return () => clearTimeout(timer)
  }, [since])

  return (
    <div role="status" className="flex items-center">
      {shown === 'back' && <span className="px-2 text-running">{t('shell.connection.back')}</span>}
      {shown === 'away' && (
        <Popover
          trigger={
            <button type="button" className="flex h-8 items-center gap-2 rounded-md px-2 font-medium text-busy hover:bg-hover">
              <RefreshCw aria-hidden size={14} className="animate-beat" />
              <span className="max-sm:sr-only">{t('shell.connection.away')}</span>
            </button>
          }
        >
          <p className="pb-3 text-muted">{t('shell.connection.awayHelp', { time: formatSince(lastSince.current ?? Date.now()) })}</p>
          <Button size="sm" onClick={retryEvents}>
            {t('shell.connection.retry')}
          </Button>
        </Popover>
      )}
    </div>
  )
}
