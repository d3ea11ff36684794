import { type RefObject, useLayoutEffect, useRef } from 'react'

/**
 * Keeps what one reads where it is while lines are put in before it, and goes to the end when something new is shown.
 * `first` is what the list begins with; `subject` is what is shown at all.
 */
export function useScrollPlace(box: RefObject<HTMLElement | null>, first: number | undefined, subject: string) {
  const held = useRef<number>(undefined)
  const shown = useRef<string>(undefined)

  useLayoutEffect(() => {
    const { current } = box
    if (!current) return
    if (held.current !== undefined) {
      current.scrollTo({ top: current.scrollHeight - held.current })
      held.current = undefined
    }
  }, [box, first])

  useLayoutEffect(() => {
    const { current } = box
    if (!current) return
    if (shown.current !== subject) current.scrollTo({ top: current.scrollHeight })
    shown.current = subject
  })

  return {
    /** Lines will be put in above. */
    hold(): void {
      if (box.current) held.current = box.current.scrollHeight - box.current.scrollTop
    },
  }
}
