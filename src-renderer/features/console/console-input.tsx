import { ChevronRight, CornerDownLeft } from 'lucide-react'
import {
  type ClipboardEvent,
  type KeyboardEvent,
  type Ref,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
} from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { CommandHistory } from './command-history.ts'
import { asInput, linesOf } from './paste.ts'
import { PasteDialog } from './paste-dialog.tsx'

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

/** The line where commands are written. Enter sends, the arrows walk through what was sent before. */
export function ConsoleInput({ ref, instanceId, obstacle, isConnected, refusal, send, onFocus }: Props) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [pasted, setPasted] = useState<string[]>([])
  const [isUnsent, setUnsent] = useState(false)
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
    const sent = send(asInput(text))
    setUnsent(!sent)
    if (!sent) return
    history.add(text)
    setText('')
  }

  const sendPasted = () => {
    const left = [...pasted]
    while (left[0] !== undefined && send(asInput(left[0]))) history.add(left.shift() ?? '')
    setPasted(left)
    setUnsent(left.length > 0)
    if (left.length === 0) field.current?.focus()
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

  const note =
    isUnsent && !isConnected
      ? t('console.notSent')
      : refusal === undefined
        ? undefined
        : t('console.refused', { reason: refusal })
  return (
    <div className="border-t border-border bg-surface">
      {note && (
        <p role="alert" className="px-3 pt-2 text-sm text-error">
          {note}
        </p>
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
