import { Tabs as Base } from '@base-ui/react/tabs'
import { type ReactNode, useEffect, useRef } from 'react'

export type Tab<T extends string> = {
  value: T
  label: ReactNode
  count?: number
  panel: ReactNode
  keepMounted?: boolean
}

type Props<T extends string> = { value: T; onValueChange: (value: T) => void; tabs: readonly Tab<T>[]; label: string }

/** Keeps the open tab in sight where the row is wider than the screen, with its neighbours, so that one sees that there are more. */
function useOpenInSight(value: string) {
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const row = list.current
    if (!row) return
    const observer = new ResizeObserver(() => {
      const open = row.querySelector<HTMLElement>('[aria-selected="true"]')
      if (open) row.scrollLeft = open.offsetLeft - (row.clientWidth - open.offsetWidth) / 2
    })
    observer.observe(row)
    return () => observer.disconnect()
  }, [value])
  return list
}

/** Tabs under a page head. Only the open panel is on the page unless a tab asks to stay. */
export function Tabs<T extends string>({ value, onValueChange, tabs, label }: Props<T>) {
  const list = useOpenInSight(value)
  return (
    <Base.Root value={value} onValueChange={(next: T) => onValueChange(next)} className="flex min-h-0 flex-col">
      <div className="border-b border-border">
        <Base.List
          ref={list}
          aria-label={label}
          className="relative -mb-px flex gap-1 overflow-x-auto [scrollbar-width:none]"
        >
          {tabs.map((tab) => (
            <Base.Tab
              key={tab.value}
              value={tab.value}
              className="flex h-9 shrink-0 items-center gap-1.5 rounded-t-md px-3 font-medium text-muted transition-colors select-none -outline-offset-2 hover:text-text data-active:text-text pointer-coarse:h-11"
            >
              {tab.label}
              {tab.count !== undefined && (
                <span className="rounded-full bg-active px-1.5 text-xs tabular text-muted">{tab.count}</span>
              )}
            </Base.Tab>
          ))}
          <Base.Indicator className="absolute bottom-0 left-0 h-0.5 w-(--active-tab-width) translate-x-(--active-tab-left) rounded-full bg-accent transition-[translate,width] duration-150" />
        </Base.List>
      </div>
      {tabs.map((tab) => (
        <Base.Panel
          key={tab.value}
          value={tab.value}
          keepMounted={tab.keepMounted ?? false}
          className="min-h-0 flex-1 pt-4 outline-offset-4"
        >
          {tab.panel}
        </Base.Panel>
      ))}
    </Base.Root>
  )
}
