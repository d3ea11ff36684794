import { Monitor, Moon, Sun } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useChoosePreferences } from '../../app/use-preferences.ts'
import { Card, CardBody, CardHead } from '../../components/ui/card.tsx'
import { Field } from '../../components/ui/field.tsx'
import { Segmented } from '../../components/ui/segmented.tsx'
import { Select } from '../../components/ui/select.tsx'
import { chosenLanguage, languageNames, languages } from '../../lib/i18n.ts'
import { useStored } from '../../lib/stored.ts'
import { theme } from '../../lib/theme.ts'

/** Language and theme. A choice is kept as it is made. */
export function PreferencesPage() {
  const { t } = useTranslation()
  const [language] = useStored(chosenLanguage)
  const [chosenTheme] = useStored(theme)
  const { chooseTheme, chooseLanguage } = useChoosePreferences()
  return (
    <Card aria-labelledby="preferences">
      <CardHead id="preferences" title={t('settings.preferences.title')} />
      <CardBody className="flex flex-col gap-5">
        <p className="text-muted">{t('settings.preferences.lead')}</p>
        <Field
          label={t('settings.preferences.language')}
          help={t('settings.preferences.languageHelp')}
          className="max-w-72"
        >
          <Select
            value={language ?? 'auto'}
            onValueChange={(next) => chooseLanguage(next === 'auto' ? null : next)}
            options={[
              { value: 'auto' as const, label: t('settings.preferences.languageAuto') },
              ...languages.map((value) => ({ value, label: languageNames[value] })),
            ]}
          />
        </Field>
        <div className="flex flex-col gap-1">
          <span aria-hidden className="font-medium">
            {t('settings.preferences.theme')}
          </span>
          <Segmented
            label={t('settings.preferences.theme')}
            value={chosenTheme}
            onValueChange={chooseTheme}
            className="self-start"
            options={[
              { value: 'system', label: t('settings.preferences.system'), icon: Monitor },
              { value: 'light', label: t('settings.preferences.light'), icon: Sun },
              { value: 'dark', label: t('settings.preferences.dark'), icon: Moon },
            ]}
          />
        </div>
      </CardBody>
    </Card>
  )
}
