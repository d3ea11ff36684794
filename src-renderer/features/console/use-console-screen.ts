import { type RefObject, useEffect, useState, useSyncExternalStore } from 'react'
import { isBoolean, stored } from '../../lib/stored.ts'
import { ConsoleScreen, type ScreenState } from './console-screen.ts'

export const fontSizes = [11, 12.5, 14, 16] as const
const isFontSize = (value: unknown): value is number => fontSizes.some((size) => size === value)
export const consoleFontSize = stored<number>('shardlyn.console.font', 12.5, isFontSize)
export const wrapsLog = stored<boolean>('shardlyn.log.wrap', true, isBoolean)

const idle: ScreenState = {
  status: { kind: 'connecting' },
  view: { isFollowing: true, newLines: 0 },
  results: { index: -1, count: 0 },
  refusal: undefined,
  hasTimes: false,
}
const nothing = () => () => undefined

type Options = { instanceId: string; isInteractive: boolean; label: string; onTyped: (text: string) => void; onSearchKey: () => void }

/** A console in `host`, as long as the component is on the page. The callbacks must be stable. */
export function useConsoleScreen(host: RefObject<HTMLElement | null>, options: Options) {
  const { instanceId, isInteractive, label, onTyped, onSearchKey } = options
  const [screen, setScreen] = useState<ConsoleScreen>()
  const [error, setError] = useState<unknown>()
  const [attempt, setAttempt] = useState(0)

  useEffect(() => {
    if (!host.current) return
    const made = new ConsoleScreen({ instanceId, isInteractive, label, onTyped, onSearchKey, fontSize: consoleFontSize.get() })
    made.open(host.current).catch(setError)
    setScreen(made)
    return () => made.close()
  }, [host, instanceId, isInteractive, label, onTyped, onSearchKey, attempt])

  const state = useSyncExternalStore(screen?.subscribe ?? nothing, screen?.getState ?? (() => idle))
  const reopen = () => {
    setError(undefined)
    setAttempt((count) => count + 1)
  }
  return { screen, state, error, reopen }
}
