import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../../components/ui/button.tsx'
import { IconButton } from '../../../components/ui/icon-button.tsx'
import { Input } from '../../../components/ui/input.tsx'
import { isRecord, problemAt, useDocumentForm, useValue } from './document-form.ts'
import { FormSection } from './list-section.tsx'

const path = ['spec', 'env'] as const

/** Names and values. A name is settled when the field is left, for each letter of it would be another variable. */
export function EnvSection() {
  const { t } = useTranslation()
  const { set, isReadOnly, problems } = useDocumentForm()
  const env = useValue(path, isRecord) ?? {}
  const entries = Object.entries(env)
  const rename = (from: string, to: string) => {
    if (to === from || to === '' || to in env) return
    set(path, Object.fromEntries(entries.map(([name, value]) => [name === from ? to : name, value])))
  }
  const freeName = (count = 1): string => (`NAME_${count}` in env ? freeName(count + 1) : `NAME_${count}`)
  return (
    <FormSection title={t('workloads.form.environment')} help={t('workloads.form.environmentHelp')}>
      {entries.length > 0 && (
        <ul className="flex flex-col gap-2">
          {entries.map(([name, value], at) => {
            const problem = problemAt(problems, [...path, name])
            return (
              <li key={at}>
                <div className="flex items-center gap-2">
                  <NameInput
                    key={name}
                    name={name}
                    label={t('workloads.form.envName')}
                    isReadOnly={isReadOnly}
                    onRename={(to) => rename(name, to)}
                  />
                  <Input
                    mono
                    aria-label={`${t('workloads.form.envValue')}: ${name}`}
                    value={
                      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
                        ? String(value)
                        : ''
                    }
                    readOnly={isReadOnly}
                    onValueChange={(text) => set([...path, name], text)}
                  />
                  {!isReadOnly && (
                    <IconButton
                      icon={X}
                      size="sm"
                      label={t('workloads.form.removeEnv', { name })}
                      onClick={() => set([...path, name], undefined)}
                    />
                  )}
                </div>
                {problem && <p className="mt-1 text-sm text-error">{problem}</p>}
              </li>
            )
          })}
        </ul>
      )}
      {!isReadOnly && (
        <Button size="sm" className="self-start" onClick={() => set([...path, freeName()], '')}>
          <Plus aria-hidden size={14} />
          {t('workloads.form.addEnv')}
        </Button>
      )}
    </FormSection>
  )
}

function NameInput({
  name,
  label,
  isReadOnly,
  onRename,
}: {
  name: string
  label: string
  isReadOnly: boolean
  onRename: (name: string) => void
}) {
  const [text, setText] = useState(name)
  return (
    <Input
      mono
      aria-label={label}
      value={text}
      readOnly={isReadOnly}
      spellCheck={false}
      className="max-w-2/5"
      onValueChange={setText}
      onBlur={() => onRename(text.trim())}
      onKeyDown={(event) => event.key === 'Enter' && onRename(text.trim())}
    />
  )
}
