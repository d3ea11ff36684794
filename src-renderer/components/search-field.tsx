import { Search, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { cn } from '../lib/cn.ts'
import { IconButton } from './ui/icon-button.tsx'
import { Input } from './ui/input.tsx'

type Props = { value: string; onValueChange: (value: string) => void; label: string; className?: string }

const DELAY_MS = 180

/** Filters a list. It tells after a pause in typing, so that each letter is not a request. `/` goes to it. */
export function SearchField({ value, onValueChange, label, className }: Props) {
  const { t } = useTranslation()
  const [text, setText] = useState(value)
  const [told, setTold] = useState(value)
  const field = useRef<HTMLInputElement>(null)
  // The address changed by another way: back, or a link.
  if (value !== told) {
    setTold(value)
    setText(value)
  }

  useEffect(() => {
    if (text === told) return
    const timer = setTimeout(() => {
      setTold(text)
      onValueChange(text)
    }, DELAY_MS)
    return () => clearTimeout(timer)
  }, [text, told, onValueChange])

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== '/' || (event.target as Element).closest('input, textarea, [contenteditable]')) return
      event.preventDefault()
      field.current?.focus()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])

  return (
    <div className={cn('relative w-full sm:w-64', className)}>
      <Search
        aria-hidden
        size={14}
        className="pointer-events-none absolute top-1/2 left-2.5 -translate-y-1/2 text-muted"
      />
      <Input
        ref={field}
        type="search"
        aria-label={label}
        placeholder={label}
        value={text}
        onValueChange={setText}
        onKeyDown={(event) => event.key === 'Escape' && text !== '' && (event.preventDefault(), setText(''))}
        spellCheck={false}
        className="pr-8 pl-8 [&::-webkit-search-cancel-button]:hidden"
      />
      {text !== '' && (
        <IconButton
          icon={X}
          size="sm"
          label={t('common.clearSearch')}
          onClick={() => setText('')}
          className="absolute top-1/2 right-0.5 -translate-y-1/2"
        />
      )}
    </div>
  )
}
