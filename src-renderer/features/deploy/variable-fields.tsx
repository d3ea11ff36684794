import { Eye, EyeOff } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { VariableSpec } from '#contract/workload'
import { Field } from '../../components/ui/field.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { Input } from '../../components/ui/input.tsx'
import { Select } from '../../components/ui/select.tsx'
import { Switch } from '../../components/ui/switch.tsx'
import { ruleWords } from './rule-words.ts'

type Props = {
  specs: readonly VariableSpec[]
  values: Readonly<Record<string, string>>
  /** By env name, in the contract's words; here they are worded again. */
  problems: Readonly<Record<string, string>>
  onChange: (env: string, value: string) => void
  isReadOnly?: boolean
}

/** One field for each thing that the workload lets a person choose. */
export function VariableFields({ specs, values, problems, onChange, isReadOnly = false }: Props) {
  return (
    <div className="flex flex-col gap-4">
      {specs.map((spec) => (
        <VariableField
          key={spec.env}
          spec={spec}
          value={values[spec.env] ?? spec.default ?? ''}
          isWrong={problems[spec.env] !== undefined}
          onChange={(value) => onChange(spec.env, value)}
          isReadOnly={isReadOnly || spec.userEditable === false}
        />
      ))}
    </div>
  )
}

type FieldProps = {
  spec: VariableSpec
  value: string
  isWrong: boolean
  onChange: (value: string) => void
  isReadOnly: boolean
}

function VariableField({ spec, value, isWrong, onChange, isReadOnly }: FieldProps) {
  const { t } = useTranslation()
  const { name, description, rules = {}, secret = false } = spec
  const help = spec.userEditable === false ? [description, t('deploy.fixed')].filter(Boolean).join(' ') : description
  const error = isWrong ? ruleWords(spec, value, t) : undefined
  if (rules.type === 'boolean' && (value === 'true' || value === 'false')) {
    return (
      <Switch
        label={<span className="font-medium">{name}</span>}
        help={help}
        checked={value === 'true'}
        disabled={isReadOnly}
        onCheckedChange={(on) => onChange(String(on))}
      />
    )
  }
  const options = rules.type === 'boolean' ? ['true', 'false'] : rules.options
  const isOptional = rules.required !== true
  return (
    <Field label={name} help={help} error={error} note={isOptional && value === '' ? t('common.optional') : undefined}>
      {options ? (
        <Select
          value={value === '' ? null : value}
          placeholder={t('deploy.noChoice')}
          disabled={isReadOnly}
          onValueChange={onChange}
          options={options.map((option) => ({
            value: option,
            label: rules.type === 'boolean' ? t(option === 'true' ? 'deploy.yes' : 'deploy.no') : option,
          }))}
        />
      ) : secret ? (
        <SecretInput name={name} value={value} onChange={onChange} isReadOnly={isReadOnly} />
      ) : (
        <Input
          value={value}
          onValueChange={onChange}
          readOnly={isReadOnly}
          spellCheck={false}
          {...(rules.type === 'integer' && { inputMode: 'numeric' as const, mono: true })}
        />
      )}
    </Field>
  )
}

function SecretInput({
  name,
  value,
  onChange,
  isReadOnly,
}: {
  name: string
  value: string
  onChange: (value: string) => void
  isReadOnly: boolean
}) {
  const { t } = useTranslation()
  const [isShown, setShown] = useState(false)
  return (
    <div className="relative">
      <Input
        mono
        type={isShown ? 'text' : 'password'}
        // Not this site's password: browsers must not offer to keep it or fill it in.
        autoComplete="new-password"
        value={value}
        onValueChange={onChange}
        readOnly={isReadOnly}
        spellCheck={false}
        className="pr-9"
      />
      <IconButton
        icon={isShown ? EyeOff : Eye}
        size="sm"
        label={t(isShown ? 'deploy.secretHide' : 'deploy.secretShow', { name })}
        className="absolute top-1/2 right-0.5 -translate-y-1/2"
        onClick={() => setShown(!isShown)}
      />
    </div>
  )
}
