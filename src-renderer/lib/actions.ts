import type { LucideIcon } from 'lucide-react'
import { useEffect, useSyncExternalStore } from 'react'

/** Something the command palette can do, offered by whichever page or feature is there. */
export type PaletteAction = {
  id: string
  label: string
  /** Words that find it although they are not on screen. */
  keywords?: string
  hint?: string
  icon?: LucideIcon
  shortcut?: readonly string[]
  run: () => void
}

const offers = new Map<string, readonly PaletteAction[]>()
const listeners = new Set<() => void>()
let all: readonly PaletteAction[] = []

function publish(): void {
  all = [...offers.values()].flat()
  for (const listener of listeners) listener()
}

/** Offers actions to the palette while the component is on the page. `actions` must be stable between renders that do not change it. */
export function usePaletteActions(owner: string, actions: readonly PaletteAction[]): void {
  useEffect(() => {
    offers.set(owner, actions)
    publish()
    return () => {
      offers.delete(owner)
      publish()
    }
  }, [owner, actions])
}

export function useOfferedActions(): readonly PaletteAction[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => all,
  )
}
