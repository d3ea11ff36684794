import { Fragment } from 'react'

const isApple = /Mac|iPhone|iPad/.test(navigator.userAgent)
const names: Record<string, string> = isApple
  ? { Mod: '⌘', Shift: '⇧', Alt: '⌥', Enter: '↩', Escape: 'esc' }
  : { Mod: 'Ctrl', Enter: '↵', Escape: 'Esc' }

/** `<Kbd keys={['Mod', 'K']} />`: Mod is what this computer calls it. */
export function Kbd({ keys }: { keys: readonly string[] }) {
  return (
    <span className="inline-flex items-center gap-0.5">
      {keys.map((key) => (
        <Fragment key={key}>
          <kbd className="inline-flex h-4 min-w-4 items-center justify-center rounded-sm border border-border bg-sunken px-1 font-sans text-2xs text-muted">
            {names[key] ?? key}
          </kbd>
        </Fragment>
      ))}
    </span>
  )
}
