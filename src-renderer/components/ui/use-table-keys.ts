import { type KeyboardEvent, type RefObject, useCallback, useEffect, useRef, useState } from 'react'

type Options = {
  body: RefObject<HTMLTableSectionElement | null>
  keys: readonly string[]
  selection: { selected: ReadonlySet<string>; onChange: (selected: ReadonlySet<string>) => void } | undefined
  scrollTo: (index: number) => unknown
  onOpen: (index: number) => void
}

/** One row is in the order of Tab; arrows move on from it, Enter opens, Space selects, Shift draws the selection along. */
export function useTableKeys({ body, keys, selection, scrollTo, onOpen }: Options) {
  const [active, setActive] = useState(0)
  const anchor = useRef(0)
  const wanted = useRef<number>(undefined)
  const last = keys.length - 1

  // The row may have to be drawn first, when only those in sight are.
  useEffect(() => {
    if (wanted.current === undefined) return
    const row = body.current?.querySelector<HTMLElement>(`tr[data-index="${wanted.current}"]`)
    if (!row) return
    wanted.current = undefined
    row.focus({ preventScroll: false })
  })

  const move = (to: number, extend: boolean) => {
    const target = Math.max(0, Math.min(last, to))
    if (extend && selection) {
      const [from, until] = [Math.min(anchor.current, target), Math.max(anchor.current, target)]
      selection.onChange(new Set(keys.slice(from, until + 1)))
    } else {
      anchor.current = target
    }
    setActive(target)
    wanted.current = target
    scrollTo(target)
  }

  const onKeyDown = (event: KeyboardEvent<HTMLTableElement>) => {
    // Only for the row itself; a button within it has its own keys.
    if (!(event.target instanceof HTMLElement) || event.target.tagName !== 'TR') return
    const steps: Record<string, number> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + 15,
      PageUp: active - 15,
      Home: 0,
      End: last,
    }
    const to = steps[event.key]
    const key = keys[active]
    if (to !== undefined) move(to, event.shiftKey)
    else if (event.key === 'Enter') onOpen(active)
    else if (event.key === ' ' && selection && key !== undefined) {
      const next = new Set(selection.selected)
      if (!next.delete(key)) next.add(key)
      anchor.current = active
      selection.onChange(next)
    } else if (event.key === 'a' && (event.ctrlKey || event.metaKey) && selection) selection.onChange(new Set(keys))
    else if (event.key === 'Escape' && selection && selection.selected.size > 0) selection.onChange(new Set())
    else return
    event.preventDefault()
  }

  const onFocusRow = useCallback((index: number) => setActive(index), [])
  return { active: Math.min(active, Math.max(0, last)), onKeyDown, onFocusRow }
}
