import { Plus, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../components/ui/button.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { Input } from '../../components/ui/input.tsx'
import type { EnvRow, SettingsProblems } from './settings-form.ts'

type Props = {
  rows: readonly EnvRow[]
  problems: SettingsProblems['env']
  onChange: (rows: EnvRow[]) => void
  isReadOnly: boolean
}

export function EnvFields({ rows, problems, onChange, isReadOnly }: Props) {
  const { t } = useTranslation()
  const change = (at: number, next: Partial<EnvRow>) =>
    onChange(rows.map((row, index) => (index === at ? { ...row, ...next } : row)))
  return (
    <div className="flex flex-col items-start gap-2">
      <p className="text-sm text-muted">{t('instances.settingsForm.environmentHelp')}</p>
      {rows.map(({ name, value }, at) => {
        const problem = problems[at]
        return (
          <div key={at} className="w-full">
            <div className="flex items-center gap-2">
              <Input
                mono
                aria-label={t('instances.settingsForm.envName')}
                aria-invalid={problem ? true : undefined}
                className="max-w-2/5"
                value={name}
                readOnly={isReadOnly}
                spellCheck={false}
                onValueChange={(next) => change(at, { name: next.trim() })}
              />
              <Input
                mono
                aria-label={`${t('instances.settingsForm.envValue')}: ${name}`}
                value={value}
                readOnly={isReadOnly}
                spellCheck={false}
                onValueChange={(next) => change(at, { value: next })}
              />
              {!isReadOnly && (
                <IconButton
                  icon={X}
                  size="sm"
                  label={t('instances.settingsForm.removeEnv', { name })}
                  onClick={() => onChange(rows.filter((_, index) => index !== at))}
                />
              )}
            </div>
            {problem && name !== '' && (
              <p className="mt-1 text-sm text-error">
                {t(problem === 'twice' ? 'instances.settingsForm.envTwice' : 'instances.settingsForm.envProblem')}
              </p>
            )}
          </div>
        )
      })}
      {!isReadOnly && (
        <Button size="sm" onClick={() => onChange([...rows, { name: '', value: '' }])}>
          <Plus aria-hidden size={14} />
          {t('instances.settingsForm.addEnv')}
        </Button>
      )}
    </div>
  )
}
