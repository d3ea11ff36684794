import { ChevronRight, CornerDownLeft } from 'lucide-react'
import {
  type ClipboardEvent,
  type KeyboardEvent,
  type Ref,
  useEffect,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
} from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../components/ui/button.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { Spinner } from '../../components/ui/spinner.tsx'
import { CommandHistory } from './command-history.ts'
import { asInput, linesOf } from '../../components/terminal/paste.ts'
import { PasteDialog } from '../../components/terminal/paste-dialog.tsx'

export type ConsoleInputHandle = {
  /** Text that was typed or pasted while the output had the focus. */
  insert(text: string): void
}

type Props = {
  ref: Ref<ConsoleInputHandle>
  instanceId: string
  /** Why nothing can be typed now; undefined where it can. */
  obstacle: string | undefined
  isConnected: boolean
  /** What the server said of the last command. */
  refusal: string | undefined
  send: (data: string) => boolean
  onFocus?: () => void
}

const WAITING_MAX = 16

/** Sends lines in their order; what could not be sent is left. */
function sendAll(lines: readonly string[], send: (data: string) => boolean): readonly string[] {
  const failed = lines.findIndex((line) => !send(asInput(line)))
  return failed === -1 ? [] : lines.slice(failed)
}

/** The line where commands are written. Enter sends, the arrows walk through what was sent before. */
export function ConsoleInput({ ref, instanceId, obstacle, isConnected, refusal, send, onFocus }: Props) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [pasted, setPasted] = useState<string[]>([])
  /** Commands that wait for the connection, oldest first. Each is sent once. */
  const [waiting, setWaiting] = useState<readonly string[]>([])
  const field = useRef<HTMLInputElement>(null)
  const history = useMemo(() => new CommandHistory(instanceId), [instanceId])

  const put = (incoming: string) => {
    const lines = linesOf(incoming)
    if (lines.length > 1) return setPasted(lines)
    const { current } = field
    current?.focus()
    const start = current?.selectionStart ?? text.length
    const end = current?.selectionEnd ?? start
    const inserted = incoming === ' ' ? ' ' : (lines[0] ?? '')
    setText(text.slice(0, start) + inserted + text.slice(end))
    requestAnimationFrame(() => current?.setSelectionRange(start + inserted.length, start + inserted.length))
  }
  useImperativeHandle(ref, () => ({ insert: (incoming) => obstacle === undefined && put(incoming) }))

  const submit = () => {
    // An empty line is a command too: "press enter to continue".
    if (give([text])) setText('')
  }

  /** Sends commands, or lets them wait until the console is connected again; false where too many wait already. */
  const give = (lines: readonly string[]): boolean => {
    if (waiting.length > 0 && waiting.length + lines.length > WAITING_MAX) return false
    for (const line of lines) history.add(line)
    setWaiting(sendAll([...waiting, ...lines], send))
    return true
  }
  // Looked at whenever the console changes, for the connection may have been made anew with another one.
  useEffect(() => {
    if (waiting.length === 0 || obstacle !== undefined) return
    const timer = setTimeout(() => {
      const left = sendAll(waiting, send)
      if (left.length < waiting.length) setWaiting(left)
    })
    return () => clearTimeout(timer)
  }, [waiting, obstacle, isConnected, send])

  const sendPasted = () => {
    if (!give(pasted)) return
    setPasted([])
    field.current?.focus()
  }

  const takeBack = () => {
    setText(waiting.at(-1) ?? text)
    setWaiting([])
    field.current?.focus()
  }

  const handleKey = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.nativeEvent.isComposing) return
    const walked =
      event.key === 'ArrowUp' ? history.previous(text) : event.key === 'ArrowDown' ? history.next() : undefined
    if (event.key === 'ArrowUp' || event.key === 'ArrowDown') event.preventDefault()
    if (walked !== undefined) setText(walked)
    if (event.key === 'Escape' && text !== '') {
      event.stopPropagation()
      setText('')
    }
  }

  const handlePaste = (event: ClipboardEvent) => {
    const incoming = event.clipboardData.getData('text/plain')
    if (!/[\r\n]/.test(incoming)) return
    event.preventDefault()
    put(incoming)
  }

  return (
    <div className="border-t border-border bg-surface">
      {waiting.length > 0 ? (
        <p role="status" className="flex items-center gap-2 px-3 pt-2 text-sm text-busy">
          <Spinner className="size-3" />
          <span className="min-w-0 flex-1 truncate">{t('console.waiting', { count: waiting.length })}</span>
          <Button size="sm" variant="ghost" className="h-6 pointer-coarse:h-8" onClick={takeBack}>
            {t('console.takeBack')}
          </Button>
        </p>
      ) : (
        refusal !== undefined && (
          <p role="alert" className="px-3 pt-2 text-sm text-error">
            {t('console.refused', { reason: refusal })}
          </p>
        )
      )}
      <form
        className="flex items-center gap-1 py-1 pr-1 pl-2"
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <ChevronRight aria-hidden size={14} className="shrink-0 text-muted" />
        <input
          ref={field}
          value={text}
          disabled={obstacle !== undefined}
          aria-label={t('console.input')}
          placeholder={obstacle ?? (isConnected ? t('console.inputPlaceholder') : t('console.inputAway'))}
          maxLength={4096}
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="off"
          enterKeyHint="send"
          className="h-8 min-w-0 flex-1 rounded-sm bg-transparent px-1 font-mono outline-offset-0 disabled:cursor-not-allowed pointer-coarse:h-10 pointer-coarse:text-md"
          onChange={({ target }) => setText(target.value)}
          onKeyDown={handleKey}
          onPaste={handlePaste}
          onFocus={onFocus}
        />
        <IconButton type="submit" icon={CornerDownLeft} label={t('console.send')} disabled={obstacle !== undefined} />
      </form>
      <PasteDialog lines={pasted} onSend={sendPasted} onClose={() => setPasted([])} />
    </div>
  )
}
