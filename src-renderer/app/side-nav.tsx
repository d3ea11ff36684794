import { Link, useLocation } from '@tanstack/react-router'
import { PanelLeftClose, PanelLeftOpen } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../components/ui/icon-button.tsx'
import { Tooltip } from '../components/ui/tooltip.tsx'
import { cn } from '../lib/cn.ts'
import { useMe } from '../lib/me.ts'
import { isBoolean, stored, useStored } from '../lib/stored.ts'
import { Logo } from './logo.tsx'
import { footPlaces, isAt, openTo, places } from './nav.ts'

const collapsed = stored('shardlyn.nav.collapsed', false, isBoolean)

const linkStyle =
  'flex h-8 items-center gap-2.5 rounded-md px-2 font-medium text-muted transition-colors hover:bg-hover hover:text-text aria-[current=page]:bg-active aria-[current=page]:text-text'

/** The places of the dashboard; narrow it shows pictures only. */
export function SideNav() {
  const { t } = useTranslation()
  const [isNarrow, setNarrow] = useStored(collapsed)
  const { pathname } = useLocation()
  const me = useMe()
  return (
    <nav
      aria-label={t('shell.nav.label')}
      className={cn(
        'hidden shrink-0 flex-col border-r border-border bg-surface transition-[width] duration-150 sm:flex',
        isNarrow ? 'w-14' : 'w-56',
      )}
    >
      <div className="drags-window flex h-12 shrink-0 items-center px-4">
        <Link to="/" className="flex items-center gap-2.5 rounded-sm font-semibold" aria-label="Shardlyn">
          <Logo />
          {!isNarrow && <span className="text-lg">Shardlyn</span>}
        </Link>
      </div>
      <ul className="flex flex-1 flex-col gap-0.5 overflow-y-auto px-2.5 py-2">
        {openTo(places, me).map((place) => {
          const { to, name, icon: Icon, under } = place
          const parts = 'parts' in place ? place.parts : undefined
          const isHere = [to, ...under].some((path) => isAt(pathname, path))
          const showsParts = Boolean(parts) && isHere && !isNarrow
          const label = t(`shell.nav.${name}`)
          return (
            <li key={to}>
              <Tooltip content={label} side="right" disabled={!isNarrow}>
                <Link
                  to={to}
                  className={linkStyle}
                  aria-current={isHere && !showsParts ? 'page' : undefined}
                  aria-label={label}
                >
                  <Icon aria-hidden size={16} className="mx-0.5 shrink-0" />
                  {!isNarrow && <span className={cn('truncate', showsParts && 'text-text')}>{label}</span>}
                </Link>
              </Tooltip>
              {showsParts && (
                <ul className="mt-0.5 flex flex-col gap-0.5">
                  {parts?.map((part) => (
                    <li key={part.to}>
                      <Link
                        to={part.to}
                        className={cn(linkStyle, 'pl-10')}
                        aria-current={isAt(pathname, part.to) ? 'page' : undefined}
                      >
                        {t(`shell.nav.${part.name}`)}
                      </Link>
                    </li>
                  ))}
                </ul>
              )}
            </li>
          )
        })}
      </ul>
      <ul className="flex flex-col gap-0.5 px-2.5 pt-2">
        {openTo(footPlaces, me).map(({ to, name, icon: Icon }) => (
          <li key={to}>
            <Tooltip content={t(`shell.nav.${name}`)} side="right" disabled={!isNarrow}>
              <Link
                to={to}
                className={linkStyle}
                aria-current={isAt(pathname, to) ? 'page' : undefined}
                aria-label={t(`shell.nav.${name}`)}
              >
                <Icon aria-hidden size={16} className="mx-0.5 shrink-0" />
                {!isNarrow && <span className="truncate">{t(`shell.nav.${name}`)}</span>}
              </Link>
            </Tooltip>
          </li>
        ))}
      </ul>
      <div className="flex p-2.5">
        <IconButton
          icon={isNarrow ? PanelLeftOpen : PanelLeftClose}
          label={t(isNarrow ? 'shell.nav.expand' : 'shell.nav.collapse')}
          tooltipSide="right"
          onClick={() => setNarrow(!isNarrow)}
        />
      </div>
    </nav>
  )
}
