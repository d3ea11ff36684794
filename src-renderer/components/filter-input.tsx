import { Search, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { cn } from '../lib/cn.ts'
import { IconButton } from './ui/icon-button.tsx'
import { Input } from './ui/input.tsx'

type Props = { value: string; onValueChange: (value: string) => void; label: string; className?: string; /** How long after the last key. */ delayMs?: number }

/** Filters what is below while one types; `/` goes to it. The list hears of it when the fingers rest. */
export function FilterInput({ value, onValueChange, label, className, delayMs = 120 }: Props) {
  const { t } = useTranslation()
  const [text, setText] = useState(value)
  const [told, setTold] = useState(value)
  const field = useRef<HTMLInputElement>(null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)

  // The address changed by itself, as with the back button: it wins over what was typed.
  if (value !== told) {
    setTold(value)
    setText(value)
  }

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isWriting = event.target instanceof HTMLElement && event.target.closest('input, textarea, [contenteditable=true], [role=dialog]')
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isWriting) return
      event.preventDefault()
      field.current?.focus()
    }
    window.addEventListener('keydown', onKey)
    return () => {
      window.removeEventListener('keydown', onKey)
      clearTimeout(timer.current)
    }
  }, [])

  const change = (next: string, afterMs: number) => {
    setText(next)
    clearTimeout(timer.current)
    const tell = () => {
      setTold(next)
      onValueChange(next)
    }
    if (afterMs === 0) tell()
    else timer.current = setTimeout(tell, afterMs)
  }

  return (
    <search className={cn('relative', className)}>
      <Search aria-hidden size={14} className="pointer-events-none absolute top-1/2 left-2.5 -translate-y-1/2 text-muted" />
      <Input
        ref={field}
        value={text}
        aria-label={label}
        placeholder={label}
        spellCheck={false}
        enterKeyHint="search"
        className="pr-8 pl-8"
        onValueChange={(next) => change(next, delayMs)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || text === '') return
          event.preventDefault()
          change('', 0)
        }}
      />
      {text !== '' && (
        <IconButton icon={X} label={t('common.clearSearch')} size="sm" className="absolute top-1/2 right-0.5 -translate-y-1/2" onClick={() => change('', 0)} />
      )}
    </search>
  )
}
