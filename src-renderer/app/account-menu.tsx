import { Link } from '@tanstack/react-router'
import { CircleUser, LogOut, Monitor, Moon, Settings, Sun } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../components/ui/icon-button.tsx'
import { Menu, MenuItem, MenuRadioGroup, MenuSeparator } from '../components/ui/menu.tsx'
import { currentLanguage, languageNames, languages } from '../lib/i18n.ts'
import { useMe } from '../lib/me.ts'
import { session } from '../lib/session.ts'
import { useStored } from '../lib/stored.ts'
import { theme } from '../lib/theme.ts'
import { useChoosePreferences } from './use-preferences.ts'

export function AccountMenu() {
  const { t } = useTranslation()
  const me = useMe()
  return (
    <Menu trigger={<IconButton icon={CircleUser} label={t('shell.account.label', { email: me?.email ?? '' })} />}>
      <AccountChoices withSettings />
    </Menu>
  )
}

/** Who one is, how it looks, and the way out. In the top bar, and behind More on a phone. */
export function AccountChoices({ withSettings = false }: { withSettings?: boolean }) {
  const { t } = useTranslation()
  const me = useMe()
  const [chosen] = useStored(theme)
  const { chooseTheme, chooseLanguage } = useChoosePreferences()
  return (
    <>
      <div className="max-w-64 truncate px-2 py-1.5 text-muted">{me?.email}</div>
      {withSettings && (
        <MenuItem icon={Settings} render={<Link to="/settings" />}>
          {t('shell.nav.settings')}
        </MenuItem>
      )}
      <MenuSeparator />
      <MenuRadioGroup
        label={t('shell.account.theme')}
        value={chosen}
        onValueChange={chooseTheme}
        options={[
          { value: 'system', label: t('shell.account.themeSystem'), icon: Monitor },
          { value: 'light', label: t('shell.account.themeLight'), icon: Sun },
          { value: 'dark', label: t('shell.account.themeDark'), icon: Moon },
        ]}
      />
      <MenuSeparator />
      <MenuRadioGroup
        label={t('shell.account.language')}
        value={currentLanguage()}
        onValueChange={chooseLanguage}
        options={languages.map((value) => ({ value, label: languageNames[value] }))}
      />
      <MenuSeparator />
      <MenuItem icon={LogOut} onClick={() => void session.signOut()}>
        {t('shell.account.signOut')}
      </MenuItem>
    </>
  )
}
