import { useTranslation } from 'react-i18next'
import type { InstancePermission } from '#contract/permissions'
import { Select } from '../../components/ui/select.tsx'
import { mayGive, presetNames, presetOf, presets } from './presets.ts'

type Props = {
  value: readonly InstancePermission[]
  onChange: (permissions: readonly InstancePermission[]) => void
  /** Rights of the one who gives. */
  held: readonly InstancePermission[]
  label: string
  disabled?: boolean
  size?: 'sm' | 'md'
  className?: string
  /** Where single rights can be picked: asks for the place to do it. */
  onCustom?: () => void
}

/** What somebody may do with one server, in a word. */
export function PresetSelect({ value, onChange, held, label, disabled, size, className, onCustom }: Props) {
  const { t } = useTranslation()
  const current = presetOf(value) ?? 'custom'
  const hasCustom = onCustom !== undefined || current === 'custom'
  return (
    <Select
      label={label}
      value={current}
      disabled={disabled ?? false}
      {...(size && { size })}
      {...(className && { className })}
      onValueChange={(next) => (next === 'custom' ? onCustom?.() : onChange(presets[next]))}
      options={[
        ...presetNames.map((name) => ({
          value: name as typeof current,
          label: t(`permissions.presets.${name}`),
          disabled: !mayGive(presets[name], held),
        })),
        ...(hasCustom ? [{ value: 'custom' as const, label: t('permissions.presets.custom') }] : []),
      ]}
    />
  )
}
