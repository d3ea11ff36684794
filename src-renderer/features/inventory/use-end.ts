import { type UIEvent, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'

const NEAR_END_PX = 40

const sizeOf = ({ scrollHeight, clientWidth, clientHeight }: Element) =>
  `${scrollHeight} ${clientWidth} ${clientHeight}`

/** Keeps a box that scrolls at its end while it grows or is resized, until a person scrolls away from there. */
export function useEnd(content: unknown) {
  const box = useRef<HTMLDivElement>(null)
  const [isAtEnd, setAtEnd] = useState(true)
  const stays = useRef(true)
  const size = useRef('')

  const toEnd = useCallback(() => {
    stays.current = true
    setAtEnd(true)
    const { current } = box
    if (current) current.scrollTop = current.scrollHeight
  }, [])
  const keep = useCallback(() => {
    if (stays.current) toEnd()
    if (box.current) size.current = sizeOf(box.current)
  }, [toEnd])

  useLayoutEffect(keep, [content, keep])
  useEffect(() => {
    const { current } = box
    if (!current) return undefined
    const observer = new ResizeObserver(keep)
    observer.observe(current)
    return () => observer.disconnect()
  }, [keep])

  const onScroll = useCallback(
    ({ currentTarget }: UIEvent<HTMLDivElement>) => {
      // The browser moves what is in sight when sizes change: that was nobody's wish.
      if (sizeOf(currentTarget) !== size.current) return keep()
      const { scrollTop, scrollHeight, clientHeight } = currentTarget
      stays.current = scrollHeight - scrollTop - clientHeight < NEAR_END_PX
      setAtEnd(stays.current)
    },
    [keep],
  )
  return { box, onScroll, isAtEnd, toEnd }
}
