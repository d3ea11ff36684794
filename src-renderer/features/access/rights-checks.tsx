import { useTranslation } from 'react-i18next'
import { type InstancePermission, instancePermissions } from '#contract/permissions'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { withView } from './presets.ts'

type Props = {
  value: readonly InstancePermission[]
  onChange: (permissions: InstancePermission[]) => void
  /** Rights of the one who gives. */
  held: readonly InstancePermission[]
  label: string
  disabled?: boolean
}

/** Right by right what somebody may do with one server. */
export function RightsChecks({ value, onChange, held, label, disabled = false }: Props) {
  const { t } = useTranslation()
  return (
    <div role="group" aria-label={label} className="grid gap-2 sm:grid-cols-2">
      {instancePermissions.map((key) => {
        const isView = key === 'instances.view'
        const lacks = !held.includes(key)
        return (
          <Checkbox
            key={key}
            label={t(`permissions.keys.${key}`)}
            help={isView ? t('access.alwaysView') : lacks ? t('access.youLack') : undefined}
            checked={isView || value.includes(key)}
            disabled={disabled || isView || lacks}
            onCheckedChange={(checked) =>
              onChange(withView(checked ? [...value, key] : value.filter((other) => other !== key)))
            }
          />
        )
      })}
    </div>
  )
}
