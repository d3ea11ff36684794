import { Link, Outlet, useLocation } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { settingsPlaces } from '../../app/nav.ts'
import { PageHead } from '../../components/ui/page-head.tsx'

/** A person's own settings: the sections at the side, on a phone in a row above. */
export function SettingsLayout() {
  const { t } = useTranslation()
  const { pathname } = useLocation()
  const here = useRef<HTMLAnchorElement>(null)
  useEffect(() => {
    // On a phone the row scrolls; the section that is open is in sight.
    here.current?.scrollIntoView({ block: 'nearest', inline: 'center' })
  }, [pathname])
  return (
    <>
      <PageHead title={t('settings.title')} />
      <div className="flex min-w-0 flex-col gap-x-8 gap-y-4 md:flex-row md:items-start">
        <nav
          aria-label={t('settings.title')}
          className="-mx-4 flex shrink-0 gap-1 overflow-x-auto border-b border-border px-4 [scrollbar-width:none] max-md:pb-2 sm:-mx-6 sm:px-6 md:mx-0 md:w-44 md:flex-col md:gap-0.5 md:border-0 md:px-0"
        >
          {settingsPlaces.map(({ to, name, icon: Icon }) => {
            const isHere = pathname.replace(/\/$/, '') === to
            return (
              <Link
                key={to}
                to={to}
                ref={isHere ? here : undefined}
                activeOptions={{ exact: true }}
                aria-current={isHere ? 'page' : undefined}
                className="flex h-8 shrink-0 items-center gap-2.5 rounded-md px-2.5 font-medium text-muted transition-colors -outline-offset-2 hover:bg-hover hover:text-text aria-[current=page]:bg-active aria-[current=page]:text-text pointer-coarse:h-10"
              >
                <Icon aria-hidden size={16} className="shrink-0 max-md:hidden" />
                {t(`shell.settings.${name}`)}
              </Link>
            )
          })}
        </nav>
        <div className="flex w-full max-w-form min-w-0 flex-col gap-4">
          <Outlet />
        </div>
      </div>
    </>
  )
}
