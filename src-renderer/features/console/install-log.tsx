import { outputFontSize } from '../../components/terminal/font-size.ts'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { getInstallLogs } from '#contract/console'
import { call } from '../../lib/api.ts'
import { problemText } from '../../lib/problem-text.ts'
import { openTerminal } from './terminal.ts'

const READ_MS = 700
const RETRY_MS = 3_000

const pause = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true })
  })

const idle = () => undefined

type Props = {
  instanceId: string
  name: string
  /** Goes on reading, for the installation goes on. */ isRunning: boolean
  className?: string
}

/** What the installation prints, as it prints it. The log itself says where to go on reading. */
export function InstallLog({ instanceId, name, isRunning, className }: Props) {
  const { t } = useTranslation()
  const host = useRef<HTMLDivElement>(null)
  const [error, setError] = useState<unknown>()
  const [isEmpty, setEmpty] = useState(true)
  const goesOn = useRef(isRunning)
  useEffect(() => {
    goesOn.current = isRunning
  }, [isRunning])

  const label = t('console.install.title')
  useEffect(() => {
    const ended = new AbortController()
    const { signal } = ended
    const follow = async (place: HTMLElement) => {
      const terminal = await openTerminal(place, {
        label: `${label}: ${name}`,
        fontSize: outputFontSize.get(),
        onView: idle,
        onResize: idle,
        onResults: idle,
        onTyped: idle,
        onSearchKey: idle,
      })
      signal.addEventListener('abort', () => terminal.dispose(), { once: true })
      for (let from = 0; !signal.aborted;) {
        try {
          const read = await call(getInstallLogs, { params: { id: instanceId }, query: { from } }, { signal })
          setError(undefined)
          if (read.text !== '') setEmpty(false)
          terminal.write(read.text)
          from = read.next
          if (read.state !== 'running' && !goesOn.current) return
          await pause(READ_MS, signal)
        } catch (failure) {
          if (signal.aborted) return
          setError(failure)
          await pause(RETRY_MS, signal)
        }
      }
    }
    if (host.current) void follow(host.current).catch(setError)
    return () => ended.abort()
  }, [instanceId, name, label])

  return (
    <div className={className}>
      <div className="relative h-full overflow-hidden rounded-md border border-border bg-sunken">
        <div ref={host} className="absolute inset-y-1.5 right-0 left-2.5 font-mono [font-variant-ligatures:none]" />
        {isEmpty && (
          <p className="absolute top-3 left-3 text-sm text-muted">
            {error === undefined
              ? t('console.install.none')
              : `${t('console.install.readFailed')}. ${problemText(error)}`}
          </p>
        )}
      </div>
    </div>
  )
}
