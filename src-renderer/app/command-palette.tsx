import { Dialog } from '@base-ui/react/dialog'
import { Search } from 'lucide-react'
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { backdropStyle } from '../components/ui/dialog.tsx'
import { Kbd } from '../components/ui/kbd.tsx'
import { cn } from '../lib/cn.ts'
import { fuzzyScore } from '../lib/fuzzy.ts'
import { type Entry, usePaletteEntries } from './use-palette-entries.ts'

const SHOWN = 50

/** Everything one can go to or do, by a few letters. */
export function CommandPalette({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const [query, setQuery] = useState('')
  const [active, setActive] = useState(0)
  const listId = useId()
  const list = useRef<HTMLDivElement>(null)
  const entries = usePaletteEntries()
  const found = useMemo(() => search(entries, query), [entries, query])
  const current = Math.min(active, found.length - 1)

  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' })
  }, [current, found])

  const choose = (entry: Entry | undefined) => {
    if (!entry) return
    onClose()
    entry.run()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const moves: Record<string, number> = {
      ArrowDown: current + 1,
      ArrowUp: current - 1,
      Home: 0,
      End: found.length - 1,
      PageDown: current + 8,
      PageUp: current - 8,
    }
    const target = moves[event.key]
    if (target !== undefined && (query === '' || !['Home', 'End'].includes(event.key))) {
      event.preventDefault()
      const isStep = event.key.startsWith('Arrow')
      const last = found.length - 1
      setActive(isStep ? (target < 0 ? last : target > last ? 0 : target) : Math.max(0, Math.min(last, target)))
    } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault()
      choose(found[current])
    }
  }

  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={backdropStyle} />
        <Dialog.Popup className="fixed inset-x-3 top-3 z-50 mx-auto flex max-h-[min(32rem,80dvh)] max-w-150 flex-col overflow-hidden rounded-lg border border-border bg-raised shadow-overlay outline-hidden transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0 sm:top-[12dvh]">
          <Dialog.Title className="sr-only">{t('shell.palette.open')}</Dialog.Title>
          <div className="flex h-12 shrink-0 items-center gap-3 border-b border-border px-4">
            <Search aria-hidden size={16} className="shrink-0 text-muted" />
            <input
              // The first thing that a person does here is type.
              autoFocus
              role="combobox"
              aria-expanded
              aria-controls={listId}
              aria-activedescendant={found[current] ? `${listId}-${current}` : undefined}
              aria-label={t('shell.palette.placeholder')}
              placeholder={t('shell.palette.placeholder')}
              value={query}
              onChange={(event) => {
                setQuery(event.target.value)
                setActive(0)
              }}
              onKeyDown={onKeyDown}
              autoComplete="off"
              spellCheck={false}
              className="h-full min-w-0 flex-1 bg-transparent text-lg text-ellipsis outline-hidden pointer-coarse:text-md"
            />
          </div>
          <div
            ref={list}
            id={listId}
            role="listbox"
            aria-label={t('shell.palette.results')}
            className="min-h-0 flex-1 overflow-y-auto p-1.5"
          >
            {found.length === 0 && <p className="px-3 py-8 text-center text-muted">{t('shell.palette.empty')}</p>}
            {found.map((entry, index) => (
              <PaletteRow
                key={entry.id}
                id={`${listId}-${index}`}
                entry={entry}
                heading={query === '' && found[index - 1]?.group !== entry.group}
                isActive={index === current}
                onPoint={() => setActive(index)}
                onChoose={() => choose(entry)}
              />
            ))}
          </div>
          <footer className="hidden shrink-0 items-center gap-4 border-t border-border px-4 py-2 text-sm text-muted sm:flex">
            <span className="flex items-center gap-1.5">
              <Kbd keys={['↑', '↓']} /> {t('shell.palette.hintMove')}
            </span>
            <span className="flex items-center gap-1.5">
              <Kbd keys={['Enter']} /> {t('shell.palette.hintOpen')}
            </span>
          </footer>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

type RowProps = {
  id: string
  entry: Entry
  heading: boolean
  isActive: boolean
  onPoint: () => void
  onChoose: () => void
}

function PaletteRow({ id, entry, heading, isActive, onPoint, onChoose }: RowProps) {
  const { t } = useTranslation()
  const Icon = entry.icon
  return (
    <>
      {heading && (
        <div aria-hidden className="px-2.5 pt-2 pb-1 text-xs font-medium text-muted">
          {t(`shell.palette.${entry.group}`)}
        </div>
      )}
      {/* The keys are those of the field above, which keeps the focus. */}
      {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events */}
      <div
        id={id}
        tabIndex={-1}
        role="option"
        aria-selected={isActive}
        onPointerMove={onPoint}
        onClick={onChoose}
        className={cn(
          'flex h-9 items-center gap-2.5 rounded-md px-2.5 select-none pointer-coarse:h-11',
          isActive && 'bg-active',
        )}
      >
        {Icon ? <Icon aria-hidden size={16} className="shrink-0 text-muted" /> : <span className="w-4 shrink-0" />}
        <span className="min-w-0 truncate">{entry.label}</span>
        {entry.hint && <span className="ml-auto shrink-0 truncate pl-3 text-sm text-muted">{entry.hint}</span>}
        {entry.shortcut && <Kbd keys={entry.shortcut} />}
      </div>
    </>
  )
}

const search = (entries: readonly Entry[], query: string): Entry[] => {
  if (query.trim() === '') return entries.filter(({ isFoundOnly }) => !isFoundOnly).slice(0, SHOWN)
  return entries
    .map((entry) => ({
      entry,
      score: Math.max(
        fuzzyScore(query, entry.label),
        fuzzyScore(query, entry.keywords ?? '') * (entry.keywords ? 0.6 : 0),
      ),
    }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, SHOWN)
    .map(({ entry }) => entry)
}
