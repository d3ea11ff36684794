import { useCallback, useSyncExternalStore } from 'react'

/** Whether a media query holds, kept true while it is on screen. For what CSS alone cannot decide. */
export function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (listener: () => void) => {
      const media = matchMedia(query)
      media.addEventListener('change', listener)
      return () => media.removeEventListener('change', listener)
    },
    [query],
  )
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches)
}

/** A phone is up to 640 px wide, as in the breakpoints. */
export const phone = '(max-width: 40rem)'
