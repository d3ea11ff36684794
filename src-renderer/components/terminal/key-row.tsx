import { ArrowDown, ArrowLeft, ArrowRight, ArrowUp } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ShellScreen } from './shell-screen.ts'

const keyStyle =
  'grid h-11 min-w-11 flex-1 place-items-center rounded-md border border-border bg-raised font-mono text-sm select-none active:bg-active aria-pressed:border-accent aria-pressed:bg-active'
const arrows = [
  ['ArrowLeft', ArrowLeft],
  ['ArrowUp', ArrowUp],
  ['ArrowDown', ArrowDown],
  ['ArrowRight', ArrowRight],
] as const

/** The keys that a phone's keyboard does not have. */
export function KeyRow({ screen }: { screen: ShellScreen | undefined }) {
  const { t } = useTranslation()
  const [isCtrl, setCtrl] = useState(false)
  const ctrl = () => {
    screen?.holdCtrl(!isCtrl)
    setCtrl(!isCtrl)
  }
  const press = (act: () => void) => {
    setCtrl(false)
    act()
  }
  return (
    <div role="toolbar" aria-label={t('terminal.keys')} className="flex gap-1 border-t border-border bg-surface p-1">
      <button type="button" className={keyStyle} onClick={() => press(() => screen?.press('Escape'))}>
        Esc
      </button>
      <button type="button" className={keyStyle} onClick={() => press(() => screen?.press('Tab'))}>
        Tab
      </button>
      <button type="button" className={keyStyle} aria-pressed={isCtrl} onClick={ctrl}>
        Ctrl
      </button>
      {arrows.map(([name, Icon]) => (
        <button
          key={name}
          type="button"
          aria-label={t(`terminal.arrows.${name}`)}
          className={keyStyle}
          onClick={() => press(() => screen?.press(name))}
        >
          <Icon aria-hidden size={16} />
        </button>
      ))}
    </div>
  )
}
