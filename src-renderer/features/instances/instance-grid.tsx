import { useVirtualizer } from '@tanstack/react-virtual'
import { type RefObject, useLayoutEffect, useRef, useState } from 'react'
import type { Instance } from '#contract/instances'
import { useAwayMachines } from '../../components/use-away-machines.ts'
import { InstanceCard } from './instance-card.tsx'

type Props = {
  instances: readonly Instance[]
  selected: ReadonlySet<string>
  onSelect: (id: string, isSelected: boolean) => void
}

/** Up to this many cards are simply drawn: find-in-page and screen readers then see them all. */
const ALL = 48
const CARD_WIDTH = 288
const GAP = 12
/** What a card is tall before it was measured. */
const CARD_HEIGHT = 196

const scroller = () => document.getElementById('main')

/** Cards, as many beside each other as fit; of many, only those near what is in sight. */
export function InstanceGrid({ instances, selected, onSelect }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const { columns, margin } = usePlace(box)
  const away = useAwayMachines()
  const isWindowed = instances.length > ALL
  const rows = Math.ceil(instances.length / columns)

  // The compiler must leave this alone: the virtualizer is one object that changes within.
  // oxlint-disable-next-line react/incompatible-library
  const virtual = useVirtualizer({
    count: rows,
    enabled: isWindowed,
    getScrollElement: scroller,
    estimateSize: () => CARD_HEIGHT,
    gap: GAP,
    overscan: 2,
    scrollMargin: margin,
  })
  const shown = virtual.getVirtualItems()
  const first = shown[0]
  const last = shown.at(-1)
  const indexes = isWindowed ? shown.map(({ index }) => index) : Array.from({ length: rows }, (_, row) => row)

  return (
    <div ref={box} className="flex flex-col gap-3">
      {isWindowed && first && <div aria-hidden style={{ height: first.start - margin, marginBottom: -GAP }} />}
      {indexes.map((row) => (
        <div
          key={row}
          ref={isWindowed ? virtual.measureElement : undefined}
          data-index={row}
          className="grid gap-3"
          style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}
        >
          {instances.slice(row * columns, (row + 1) * columns).map((instance) => (
            <InstanceCard
              key={instance.id}
              instance={instance}
              isSelected={selected.has(instance.id)}
              onSelect={onSelect}
              awaySince={away[instance.node_id]}
            />
          ))}
        </div>
      ))}
      {isWindowed && last && (
        <div aria-hidden style={{ height: virtual.getTotalSize() - (last.end - margin), marginTop: -GAP }} />
      )}
    </div>
  )
}

/** How many columns there is room for, and where in the page the grid begins. */
function usePlace(box: RefObject<HTMLDivElement | null>): { columns: number; margin: number } {
  const [place, setPlace] = useState({ columns: 1, margin: 0 })
  useLayoutEffect(() => {
    const { current } = box
    const main = scroller()
    if (!current || !main) return
    const measure = () => {
      const columns = Math.max(1, Math.floor((current.clientWidth + GAP) / (CARD_WIDTH + GAP)))
      const margin = Math.round(current.getBoundingClientRect().top - main.getBoundingClientRect().top + main.scrollTop)
      setPlace((now) => (now.columns === columns && now.margin === margin ? now : { columns, margin }))
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(current)
    return () => observer.disconnect()
  }, [box])
  return place
}
