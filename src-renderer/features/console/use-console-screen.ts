import { useCallback, useState, useSyncExternalStore } from 'react'
import { outputFontSize } from '../../components/terminal/font-size.ts'
import { isBoolean, stored } from '../../lib/stored.ts'
import { ConsoleScreen, type ScreenState } from './console-screen.ts'

export const wrapsLog = stored<boolean>('shardlyn.log.wrap', true, isBoolean)

const idle: ScreenState = {
  status: { kind: 'connecting' },
  view: { isFollowing: true, newLines: 0 },
  results: { index: -1, count: 0 },
  refusal: undefined,
  hasTimes: false,
}
const nothing = () => () => undefined

type Options = {
  instanceId: string
  isInteractive: boolean
  label: string
  onTyped: (text: string) => void
  onSearchKey: () => void
}

/** A console in the element that gets `attach`, as long as it is on the page. The callbacks must be stable. */
export function useConsoleScreen(options: Options) {
  const { instanceId, isInteractive, label, onTyped, onSearchKey } = options
  const [screen, setScreen] = useState<ConsoleScreen>()
  const [error, setError] = useState<unknown>()

  const attach = useCallback(
    (host: HTMLElement | null) => {
      if (!host) return
      const fontSize = outputFontSize.get()
      const made = new ConsoleScreen({ instanceId, isInteractive, label, onTyped, onSearchKey, fontSize })
      made.open(host).catch(setError)
      setScreen(made)
      return () => made.close()
    },
    [instanceId, isInteractive, label, onTyped, onSearchKey],
  )

  const state = useSyncExternalStore(screen?.subscribe ?? nothing, screen?.getState ?? (() => idle))
  // The place is put on the page anew once the error is gone, and with it the console.
  return { attach, screen, state, error, reopen: () => setError(undefined) }
}
