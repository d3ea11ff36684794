import { useSyncExternalStore } from 'react'

const query = '(min-width: 70rem)'
const subscribe = (listener: () => void) => {
  const media = matchMedia(query)
  media.addEventListener('change', listener)
  return () => media.removeEventListener('change', listener)
}

/** Whether form and text fit beside each other. */
export const useWide = (): boolean => useSyncExternalStore(subscribe, () => matchMedia(query).matches)
