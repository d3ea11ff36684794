import {
  AArrowDown,
  AArrowUp,
  ArrowDown,
  CircleDot,
  Copy,
  Ellipsis,
  Maximize2,
  Minimize2,
  Search,
  SquareX,
} from 'lucide-react'
import { type Ref, useCallback, useImperativeHandle, useRef, useState, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { cn } from '../../lib/cn.ts'
import { useStored } from '../../lib/stored.ts'
import { phone, useMedia } from '../../lib/use-media.ts'
import { Button } from '../ui/button.tsx'
import { ErrorState } from '../ui/error-state.tsx'
import { IconButton } from '../ui/icon-button.tsx'
import { Menu, MenuItem, MenuSeparator } from '../ui/menu.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { toast } from '../ui/toast.tsx'
import { fontSizes, outputFontSize } from './font-size.ts'
import { KeyRow } from './key-row.tsx'
import { OutputBar } from './output-bar.tsx'
import { OutputSearch } from './output-search.tsx'
import { linesOf } from './paste.ts'
import { PasteDialog } from './paste-dialog.tsx'
import { idleShell, ShellScreen, type ShellSocket } from './shell-screen.ts'
import { TerminalOver } from './terminal-over.tsx'
import { useVisibleHeight } from './use-visible-height.ts'

/** For whoever shows it. */
export type TerminalHandle = {
  /** Ends the shell itself, before it is taken off the page. */
  end(): void
}
type Props = {
  ref?: Ref<TerminalHandle>
  /** Must stay the same object for as long as it means the same. */
  socket: ShellSocket
  /** What it is a terminal of. */
  label: string
  /** The session to come back to, as `onSession` told it before; must be stable. */
  session?: string | undefined
  onSession: (id: string | undefined) => void
  /** Nothing of it can be seen now. */
  isHidden?: boolean
  isFull: boolean
  onFull: (isFull: boolean) => void
}
const nothing = () => () => undefined

/** A shell behind a socket that speaks as contract/terminal.ts says. */
export function TerminalView({ ref, socket, label, session, onSession, isHidden = false, isFull, onFull }: Props) {
  const { t } = useTranslation()
  const [screen, setScreen] = useState<ShellScreen>()
  const [error, setError] = useState<unknown>()
  const [pasted, setPasted] = useState('')
  const [isSearching, setSearching] = useState(false)
  const [fontSize, setFontSize] = useStored(outputFontSize)
  const isPhone = useMedia(phone)
  const height = useVisibleHeight(isFull)
  const more = useRef<HTMLButtonElement>(null)
  // Where it began: later ids are its own.
  const [begun] = useState(session)

  const attach = useCallback(
    (host: HTMLElement | null) => {
      if (!host) return
      const made = new ShellScreen({
        socket,
        label,
        session: begun,
        onSession,
        fontSize: outputFontSize.get(),
        onPaste: setPasted,
        onSearchKey: () => setSearching(true),
        onLeave: () => more.current?.focus(),
      })
      made.open(host).then(made.focus, setError)
      setScreen(made)
      return () => made.close()
    },
    [socket, label, begun, onSession],
  )
  useImperativeHandle(ref, () => ({ end: () => screen?.end() }), [screen])
  const state = useSyncExternalStore(screen?.subscribe ?? nothing, screen?.getState ?? (() => idleShell))
  const { status, results, refusal, isRecorded, isAtEnd } = state
  const at = fontSizes.findIndex((size) => size === fontSize)
  const resize = (step: number) => {
    const size = fontSizes[Math.max(0, Math.min(fontSizes.length - 1, at + step))]
    if (size === undefined) return
    setFontSize(size)
    screen?.setFontSize(size)
  }
  const copy = async () => {
    const isCopied = await screen?.copy()
    toast(isCopied ? { title: t('terminal.copied') } : { title: t('terminal.copyNothing'), tone: 'failed' })
  }
  const closeSearch = () => {
    setSearching(false)
    screen?.stopSearch()
    screen?.focus()
  }

  return (
    <section
      aria-label={label}
      hidden={isHidden}
      style={isFull && height !== undefined ? { height } : undefined}
      className={cn(
        'flex min-h-0 flex-col overflow-hidden bg-sunken',
        isHidden && 'hidden',
        isFull ? 'fixed inset-x-0 top-0 z-30 h-dvh' : 'flex-1',
      )}
    >
      <div className="flex min-h-9 items-center gap-2 border-b border-border bg-surface py-0.5 pr-1.5 pl-3 text-sm">
        <span className="min-w-0 flex-1 truncate font-mono text-muted">{state.login ?? ''}</span>
        {isRecorded && (
          <span className="flex items-center gap-1 text-error" title={t('terminal.recordedHelp')}>
            <CircleDot aria-hidden size={12} />
            {t('terminal.recorded')}
          </span>
        )}
        <IconButton icon={Search} label={t('terminal.search')} size="sm" onClick={() => setSearching(true)} />
        <Menu trigger={<IconButton ref={more} icon={Ellipsis} label={t('terminal.more')} size="sm" />}>
          <MenuItem icon={Copy} onClick={() => void copy()}>
            {t('terminal.copy')}
          </MenuItem>
          <MenuSeparator />
          <MenuItem icon={AArrowUp} disabled={at === fontSizes.length - 1} onClick={() => resize(1)}>
            {t('terminal.fontLarger')}
          </MenuItem>
          <MenuItem icon={AArrowDown} disabled={at === 0} onClick={() => resize(-1)}>
            {t('terminal.fontSmaller')}
          </MenuItem>
          <MenuSeparator />
          <MenuItem icon={SquareX} tone="danger" disabled={status.kind !== 'live'} onClick={() => screen?.end()}>
            {t('terminal.end')}
          </MenuItem>
        </Menu>
        <IconButton
          icon={isFull ? Minimize2 : Maximize2}
          label={t(isFull ? 'terminal.leaveFullScreen' : 'terminal.fullScreen')}
          size="sm"
          onClick={() => onFull(!isFull)}
        />
      </div>
      <div className="relative min-h-0 flex-1">
        {error !== undefined ? (
          <ErrorState error={error} title={t('terminal.openFailed')} onRetry={() => setError(undefined)} />
        ) : (
          <>
            {status.kind !== 'ended' && <OutputBar status={status} onRetry={() => screen?.retry()} />}
            {status.kind === 'connecting' && !screen && <Skeleton className="m-3 w-1/2" />}
            <div
              ref={attach}
              aria-describedby="terminal-keys-help"
              className="absolute inset-y-1.5 right-0 left-2.5 font-mono [font-variant-ligatures:none]"
            />
            <p id="terminal-keys-help" className="sr-only">
              {t('terminal.keysHelp')}
            </p>
            {isSearching && (
              <div className="absolute top-2 right-4 left-2 z-20 flex justify-end">
                <OutputSearch results={results} onFind={(...asked) => screen?.find(...asked)} onClose={closeSearch} />
              </div>
            )}
            {!isAtEnd && (
              <Button
                size="sm"
                className="absolute bottom-2 left-1/2 z-10 -translate-x-1/2 rounded-full shadow-overlay"
                onClick={() => screen?.toEnd()}
              >
                <ArrowDown aria-hidden size={14} />
                {t('terminal.toEnd')}
              </Button>
            )}
          </>
        )}
      </div>
      {refusal && (
        <p role="alert" className="border-t border-border bg-error-soft px-3 py-1 text-sm text-error">
          {t('terminal.refused', { reason: refusal.error })}
        </p>
      )}
      <TerminalOver status={status} onReopen={() => screen?.reopen()} />
      {isPhone && <KeyRow screen={screen} />}
      <PasteDialog
        lines={linesOf(pasted)}
        onSend={() => {
          screen?.paste(pasted)
          setPasted('')
        }}
        onClose={() => setPasted('')}
      />
    </section>
  )
}
