import { useVirtualizer } from '@tanstack/react-virtual'
import { type RefObject, useCallback, useLayoutEffect, useState } from 'react'

/** Up to this many rows are simply drawn: find-in-page and screen readers then see them all. */
const ALL = 120
const EXTRA = 12

const scroller = () => document.getElementById('main')

/** Which rows to draw. The page scrolls, not the table, so the place of the table in the page counts. */
export function useTableWindow(body: RefObject<HTMLTableSectionElement | null>, count: number) {
  const isWindowed = count > ALL
  const [margin, setMargin] = useState(0)
  const isCoarse = matchMedia('(pointer: coarse)').matches

  useLayoutEffect(() => {
    const main = scroller()
    if (!isWindowed || !main || !body.current) return
    const measure = () => {
      if (body.current) {
        setMargin(
          Math.round(body.current.getBoundingClientRect().top - main.getBoundingClientRect().top + main.scrollTop),
        )
      }
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(main)
    return () => observer.disconnect()
  }, [isWindowed, body])

  // The compiler must leave this alone: the virtualizer is one object that changes within.
  // oxlint-disable-next-line react/incompatible-library
  const virtual = useVirtualizer({
    count,
    enabled: isWindowed,
    getScrollElement: scroller,
    estimateSize: () => (isCoarse ? 44 : 36),
    overscan: EXTRA,
    scrollMargin: margin,
    // The head that stays covers the first row otherwise.
    scrollPaddingStart: 40,
  })
  const shown = virtual.getVirtualItems()
  const first = shown[0]
  const last = shown.at(-1)
  const scrollTo = useCallback(
    (index: number) => isWindowed && virtual.scrollToIndex(index, { align: 'auto' }),
    [virtual, isWindowed],
  )

  return {
    items: isWindowed ? shown.map(({ index }) => index) : Array.from({ length: count }, (_, index) => index),
    before: isWindowed && first ? first.start - margin : 0,
    after: isWindowed && last ? virtual.getTotalSize() - (last.end - margin) : 0,
    scrollTo,
  }
}
