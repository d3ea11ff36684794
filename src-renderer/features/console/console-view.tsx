import { ArrowDown } from 'lucide-react'
import { type ReactNode, type RefObject, useCallback, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Instance } from '#contract/instances'
import { Button } from '../../components/ui/button.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { cn } from '../../lib/cn.ts'
import { phone, useMedia } from '../../lib/use-media.ts'
import { OutputBar } from '../../components/terminal/output-bar.tsx'
import { ConsoleInput, type ConsoleInputHandle } from './console-input.tsx'
import { OutputSearch } from '../../components/terminal/output-search.tsx'
import { ConsoleToolbar } from './console-toolbar.tsx'
import { useConsoleScreen } from './use-console-screen.ts'
import { useVisibleHeight } from '../../components/terminal/use-visible-height.ts'

type Props = {
  instance: Pick<Instance, 'id' | 'name' | 'state' | 'rights'>
  isFull: boolean
  onFull: (isFull: boolean) => void
  /** The head while it fills the screen: the rest of the page is covered then. */
  head: ReactNode
}

const speakable = new Set<Instance['state']>(['running', 'starting', 'stopping', 'installing'])

/** A server's console: what it prints, and a line to type into. */
export function ConsoleView({ instance, isFull, onFull, head }: Props) {
  const { t } = useTranslation()
  const section = useRef<HTMLElement>(null)
  const input = useRef<ConsoleInputHandle>(null)
  const [isSearching, setSearching] = useState(false)
  const mayType = instance.rights.includes('instances.command')
  const height = useVisibleHeight(isFull)
  const isPhone = useMedia(phone)

  const onTyped = useCallback((text: string) => input.current?.insert(text), [])
  const onSearchKey = useCallback(() => setSearching(true), [])
  const { attach, screen, state, error, reopen } = useConsoleScreen({
    instanceId: instance.id,
    isInteractive: mayType,
    label: t('console.output', { name: instance.name }),
    onTyped,
    onSearchKey,
  })
  useEscape(isFull, () => onFull(false))
  useSearchKey(section, onSearchKey)

  const { status, view, results, refusal, hasTimes } = state
  const obstacle = !mayType
    ? t('console.inputForbidden')
    : speakable.has(instance.state) || instance.state === 'unknown'
      ? undefined
      : t('console.inputStopped')
  const closeSearch = () => {
    setSearching(false)
    screen?.stopSearch()
  }

  return (
    <section
      ref={section}
      aria-label={t('console.label', { name: instance.name })}
      style={isFull && height !== undefined ? { height } : undefined}
      className={cn(
        'flex min-h-0 flex-col overflow-hidden bg-sunken',
        isFull
          ? 'fixed inset-x-0 top-0 z-30 h-dvh'
          : 'h-[clamp(20rem,calc(100dvh-15.5rem),56rem)] rounded-lg max-sm:h-[max(18rem,calc(100dvh-24.5rem))] border border-border',
      )}
    >
      <div className="flex min-h-10 items-center gap-2 border-b border-border bg-surface py-1 pr-1.5 pl-3">
        <div className="flex min-w-0 flex-1 items-center gap-2">
          {isFull ? head : <span className="truncate font-medium text-muted">{t('instances.tabs.console')}</span>}
        </div>
        <ConsoleToolbar
          screen={screen}
          instance={instance}
          hasTimes={hasTimes}
          isFull={isFull}
          onFull={onFull}
          onSearch={() => setSearching(true)}
        />
      </div>
      <div className="relative min-h-0 flex-1">
        {error !== undefined ? (
          <ErrorState error={error} title={t('console.openFailed')} onRetry={reopen} />
        ) : (
          <>
            <OutputBar status={status} onRetry={() => screen?.retry()} />
            {status.kind === 'connecting' && !screen && <Skeleton className="m-3 w-1/2" />}
            <div
              ref={attach}
              className="absolute inset-y-1.5 right-0 left-2.5 font-mono [font-variant-ligatures:none]"
            />
            {isSearching && (
              <div className="absolute top-2 right-4 left-2 z-20 flex justify-end">
                <OutputSearch results={results} onFind={(...asked) => screen?.find(...asked)} onClose={closeSearch} />
              </div>
            )}
            {!view.isFollowing && (
              <Button
                size="sm"
                className="absolute bottom-2 left-1/2 z-10 -translate-x-1/2 rounded-full shadow-overlay"
                onClick={() => screen?.follow()}
              >
                <ArrowDown aria-hidden size={14} />
                <span aria-live="polite">
                  {view.newLines > 0 ? t('console.newLines', { count: view.newLines }) : t('console.follow')}
                </span>
              </Button>
            )}
          </>
        )}
      </div>
      <ConsoleInput
        key={instance.id}
        ref={input}
        instanceId={instance.id}
        obstacle={obstacle}
        isConnected={status.kind === 'live'}
        refusal={refusal?.error}
        send={(data) => screen?.type(data) ?? false}
        onFocus={() => isPhone && onFull(true)}
      />
    </section>
  )
}

function useEscape(isOn: boolean, act: () => void): void {
  const latest = useRef(act)
  useEffect(() => {
    latest.current = act
  })
  useEffect(() => {
    if (!isOn) return
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented) latest.current()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [isOn])
}

/** Ctrl F searches the console while one is in it, and the page elsewhere. */
function useSearchKey(section: RefObject<HTMLElement | null>, search: () => void): void {
  useEffect(() => {
    const { current } = section
    const onKey = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'f') return
      event.preventDefault()
      search()
    }
    current?.addEventListener('keydown', onKey)
    return () => current?.removeEventListener('keydown', onKey)
  }, [section, search])
}
