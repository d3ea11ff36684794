import { Plus, X } from 'lucide-react'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { FleetNode } from '#contract/nodes'
import { MAX_TERMINALS, openTerminal } from '#contract/terminal'
import { type TerminalHandle, TerminalView } from '../../components/terminal/terminal-view.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { cn } from '../../lib/cn.ts'
import { type OpenTerminal, withAnother, writeTerminals } from './open-terminals.ts'

type Props = {
  node: Pick<FleetNode, 'id' | 'name'>
  open: OpenTerminal[]
  onChange: (change: (open: OpenTerminal[]) => OpenTerminal[]) => void
}

/** The terminals that are open on a machine, one shown at a time. Those behind go on. */
export function TerminalTabs({ node, open, onChange }: Props) {
  const { t } = useTranslation()
  const [chosen, setChosen] = useState(open.at(-1)?.key)
  const [isFull, setFull] = useState(false)
  const shown = open.find(({ key }) => key === chosen) ?? open.at(-1)
  useEffect(() => writeTerminals(node.id, open), [node.id, open])

  const add = () =>
    onChange((now) => {
      const next = withAnother(now)
      setChosen(next.at(-1)?.key)
      return next
    })
  const handles = useRef(new Map<string, TerminalHandle>())
  const hold = useCallback((key: string, handle: TerminalHandle | null) => {
    if (handle) handles.current.set(key, handle)
    else handles.current.delete(key)
  }, [])
  const close = (key: string) => {
    handles.current.get(key)?.end()
    onChange((now) => now.filter((other) => other.key !== key))
  }

  return (
    <div className="flex h-[clamp(22rem,calc(100dvh-13rem),60rem)] flex-col overflow-hidden rounded-lg border border-border bg-sunken max-sm:h-[max(20rem,calc(100dvh-18rem))]">
      <div className="flex items-center gap-1 border-b border-border bg-surface px-1.5 py-1">
        <div role="tablist" aria-label={t('terminal.list')} className="flex min-w-0 gap-1 overflow-x-auto">
          {open.map(({ key, number }) => {
            const isShown = key === shown?.key
            return (
              <div
                key={key}
                className={cn('flex shrink-0 items-center rounded-md', isShown ? 'bg-active text-text' : 'text-muted')}
              >
                <button
                  type="button"
                  role="tab"
                  aria-selected={isShown}
                  className="h-8 rounded-md px-2.5 text-sm font-medium hover:text-text pointer-coarse:h-11"
                  onClick={() => setChosen(key)}
                >
                  {t('terminal.tab', { number })}
                </button>
              </div>
            )
          })}
        </div>
        {shown && (
          <IconButton
            icon={X}
            size="sm"
            label={t('terminal.close', { number: shown.number })}
            onClick={() => close(shown.key)}
          />
        )}
        <IconButton
          icon={Plus}
          size="sm"
          label={t('terminal.openMore')}
          disabled={open.length >= MAX_TERMINALS}
          onClick={add}
        />
      </div>
      {open.map((each) => (
        <One
          key={each.key}
          node={node}
          each={each}
          isHidden={each.key !== shown?.key}
          isFull={isFull && each.key === shown?.key}
          onFull={setFull}
          onChange={onChange}
          hold={hold}
        />
      ))}
    </div>
  )
}

type OneProps = Pick<Props, 'node' | 'onChange'> & {
  each: OpenTerminal
  isHidden: boolean
  isFull: boolean
  onFull: (isFull: boolean) => void
  hold: (key: string, handle: TerminalHandle | null) => void
}

function One({ node, each, isHidden, isFull, onFull, onChange, hold }: OneProps) {
  const { t } = useTranslation()
  const socket = useMemo(() => ({ op: openTerminal, params: { id: node.id } }), [node.id])
  const { key } = each
  const onSession = useCallback(
    (session: string | undefined) =>
      onChange((now) =>
        now.map((other) =>
          other.key === key ? { key, number: other.number, ...(session !== undefined && { session }) } : other,
        ),
      ),
    [key, onChange],
  )
  const ref = useCallback((handle: TerminalHandle | null) => hold(key, handle), [key, hold])
  return (
    <TerminalView
      ref={ref}
      socket={socket}
      label={t('terminal.label', { number: each.number, name: node.name })}
      session={each.session}
      onSession={onSession}
      isHidden={isHidden}
      isFull={isFull}
      onFull={onFull}
    />
  )
}
