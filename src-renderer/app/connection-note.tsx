import { RefreshCw } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../components/ui/button.tsx'
import { Popover } from '../components/ui/popover.tsx'
import { retryEvents, useConnection } from '../lib/events.ts'
import { formatSince } from '../lib/format.ts'

/** A blink of the network is no news; only what lasts longer is told. */
const PATIENCE_MS = 1_500
const BACK_MS = 3_000

type Shown = { as: 'away'; since: number } | { as: 'back' } | undefined

/** What to say of the connection now. */
function useShown(): Shown {
  const connection = useConnection()
  const since = connection.status === 'away' ? connection.since : undefined
  const [shown, setShown] = useState<Shown>()
  useEffect(() => {
    if (since === undefined) {
      const told = setTimeout(() => setShown((before) => (before?.as === 'away' ? { as: 'back' } : before)), 0)
      const quiet = setTimeout(() => setShown(undefined), BACK_MS)
      return () => {
        clearTimeout(told)
        clearTimeout(quiet)
      }
    }
    const timer = setTimeout(() => setShown({ as: 'away', since }), Math.max(0, since + PATIENCE_MS - Date.now()))
    return () => clearTimeout(timer)
  }, [since])
  return shown
}

/** Says calmly that values may be old while the stream is away, and for a moment that it is back. */
export function ConnectionNote() {
  const { t } = useTranslation()
  const shown = useShown()
  return (
    <output className="flex items-center">
      {shown?.as === 'back' && <span className="px-2 text-running">{t('shell.connection.back')}</span>}
      {shown?.as === 'away' && (
        <Popover
          trigger={
            <button
              type="button"
              className="flex h-8 items-center gap-2 rounded-md px-2 font-medium text-busy hover:bg-hover"
            >
              <RefreshCw aria-hidden size={14} className="animate-beat" />
              <span className="max-sm:sr-only">{t('shell.connection.away')}</span>
            </button>
          }
        >
          <p className="pb-3 text-muted">{t('shell.connection.awayHelp', { time: formatSince(shown.since) })}</p>
          <Button size="sm" onClick={retryEvents}>
            {t('shell.connection.retry')}
          </Button>
        </Popover>
      )}
    </output>
  )
}
