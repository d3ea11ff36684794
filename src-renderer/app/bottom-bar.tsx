import { Link, useLocation } from '@tanstack/react-router'
import { Ellipsis } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useMe } from '../lib/me.ts'
import { Menu, MenuItem, MenuSeparator } from '../components/ui/menu.tsx'
import { AccountChoices } from './account-menu.tsx'
import { barPlaces, isAt, morePlaces, openTo } from './nav.ts'

const itemStyle =
  'flex h-14 flex-1 flex-col items-center justify-center gap-0.5 text-2xs font-medium text-muted outline-offset-[-2px] aria-[current=page]:text-accent'

/** The navigation of a phone, within a thumb's reach. */
export function BottomBar() {
  const { t } = useTranslation()
  const { pathname } = useLocation()
  const me = useMe()
  return (
    <nav
      aria-label={t('shell.nav.label')}
      className="flex shrink-0 border-t border-border bg-surface pb-[env(safe-area-inset-bottom)] sm:hidden"
    >
      {openTo(barPlaces, me).map(({ to, name, icon: Icon, under }) => (
        <Link
          key={to}
          to={to}
          className={itemStyle}
          aria-current={[to, ...under].some((path) => isAt(pathname, path)) ? 'page' : undefined}
        >
          <Icon aria-hidden size={20} />
          <span>{t(`shell.nav.${name}`)}</span>
        </Link>
      ))}
      <Menu
        side="top"
        trigger={
          <button type="button" className={itemStyle}>
            <Ellipsis aria-hidden size={20} />
            <span>{t('shell.nav.more')}</span>
          </button>
        }
      >
        {openTo(morePlaces, me).map(({ to, name, icon }) => (
          <MenuItem key={to} icon={icon} render={<Link to={to} />}>
            {t(`shell.nav.${name}`)}
          </MenuItem>
        ))}
        <MenuSeparator />
        <AccountChoices />
      </Menu>
    </nav>
  )
}
