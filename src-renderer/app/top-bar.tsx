import { Link } from '@tanstack/react-router'
import { Search } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../components/ui/icon-button.tsx'
import { Kbd } from '../components/ui/kbd.tsx'
import { AccountMenu } from './account-menu.tsx'
import { ConnectionNote } from './connection-note.tsx'
import { Logo } from './logo.tsx'
import { OrganizationSwitcher } from './organization-switcher.tsx'
import { TasksButton } from './tasks-button.tsx'

export function TopBar({ onSearch }: { onSearch: () => void }) {
  const { t } = useTranslation()
  return (
    <header className="drags-window flex h-12 shrink-0 items-center gap-2 border-b border-border bg-surface pr-3 pl-4 sm:pl-6">
      <Link to="/" aria-label="Shardlyn" className="rounded-sm sm:hidden">
        <Logo />
      </Link>
      <div className="flex min-w-0 shrink sm:max-w-80">
        <OrganizationSwitcher />
      </div>
      <div className="flex flex-1 items-center justify-end gap-1">
        <ConnectionNote />
        <button
          type="button"
          onClick={onSearch}
          className="mr-1 hidden h-8 w-64 items-center gap-2 rounded-md border border-border bg-background px-2.5 text-muted transition-colors hover:border-field hover:text-text md:flex"
        >
          <Search aria-hidden size={14} />
          <span className="flex-1 truncate text-left">{t('common.search')}</span>
          <Kbd keys={['Mod', 'K']} />
        </button>
        <IconButton icon={Search} label={t('shell.palette.open')} onClick={onSearch} className="md:hidden" />
        <TasksButton />
        <div className="hidden sm:block">
          <AccountMenu />
        </div>
      </div>
    </header>
  )
}
