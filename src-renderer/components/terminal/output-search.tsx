import { CaseSensitive, ChevronDown, ChevronUp, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../ui/icon-button.tsx'
import { cn } from '../../lib/cn.ts'
import { formatNumber } from '../../lib/format.ts'

type Props = {
  results: { index: number; count: number }
  onFind: (text: string, direction: 'next' | 'previous' | 'typing', isCaseSensitive: boolean) => void
  onClose: () => void
}

/** Finds in what the console holds. The newest match comes first, Enter goes up. */
export function OutputSearch({ results, onFind, onClose }: Props) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [isCaseSensitive, setCaseSensitive] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => input.current?.focus(), [])

  const words = () => {
    if (text === '') return ''
    if (results.count === 0) return t('console.searchNone')
    if (results.index < 0) return t('console.searchMany', { count: results.count })
    return t('console.searchCount', { index: formatNumber(results.index + 1), count: results.count })
  }

  return (
    <search className="flex items-center gap-1 rounded-md border border-border bg-raised p-1 shadow-overlay">
      <input
        ref={input}
        value={text}
        aria-label={t('console.search')}
        placeholder={t('console.searchText')}
        spellCheck={false}
        className="h-7 w-32 min-w-0 flex-1 rounded-sm bg-transparent px-2 outline-offset-0 pointer-coarse:h-9 pointer-coarse:text-md sm:w-52"
        onChange={({ target }) => {
          setText(target.value)
          onFind(target.value, 'typing', isCaseSensitive)
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            event.stopPropagation()
            onClose()
          }
          if (event.key === 'Enter') onFind(text, event.shiftKey ? 'next' : 'previous', isCaseSensitive)
        }}
      />
      <span
        role="status"
        className={cn(
          'min-w-14 text-right text-sm tabular text-muted',
          text !== '' && results.count === 0 && 'text-error',
        )}
      >
        {words()}
      </span>
      <IconButton
        icon={CaseSensitive}
        label={t('console.searchCase')}
        size="sm"
        aria-pressed={isCaseSensitive}
        className="aria-pressed:bg-active aria-pressed:text-text"
        onClick={() => {
          setCaseSensitive(!isCaseSensitive)
          onFind(text, 'typing', !isCaseSensitive)
        }}
      />
      <IconButton
        icon={ChevronUp}
        label={t('console.searchPrevious')}
        size="sm"
        onClick={() => onFind(text, 'previous', isCaseSensitive)}
      />
      <IconButton
        icon={ChevronDown}
        label={t('console.searchNext')}
        size="sm"
        onClick={() => onFind(text, 'next', isCaseSensitive)}
      />
      <IconButton icon={X} label={t('console.searchClose')} size="sm" onClick={onClose} />
    </search>
  )
}
