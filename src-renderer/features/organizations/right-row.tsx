import { Check, Minus, User } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Role } from '#contract/permissions'
import { Segmented } from '../../components/ui/segmented.tsx'
import { Spinner } from '../../components/ui/spinner.tsx'
import { cn } from '../../lib/cn.ts'
import { permissionText } from '../../lib/permission-text.ts'
import { byRole, type Effect, isGrantable, resultOf, type Right } from './rights.ts'

type Props = {
  right: Right
  role: Role
  isReadOnly: boolean
  /** Nobody grants what they do not hold themselves. */
  mayAllow: boolean
  /** What it is being set to. */
  pending: { effect: Effect } | undefined
  onChange: (effect: Effect) => void
}

const results = {
  none: { icon: Minus, style: 'text-muted' },
  own: { icon: User, style: 'text-text' },
  all: { icon: Check, style: 'text-running' },
  yes: { icon: Check, style: 'text-running' },
}

export function RightRow({ right, role, isReadOnly, mayAllow, pending, onChange }: Props) {
  const { t } = useTranslation()
  const words = permissionText(right.key, right.key)
  const result = resultOf(right)
  const { icon: Icon, style } = results[result]
  const effect = pending ? pending.effect : right.effect
  const canChange = !isReadOnly && isGrantable(right.key)
  return (
    <li
      className={cn(
        'flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-border px-4 py-2 last:border-0',
        right.effect !== null && 'bg-accent-soft/40',
      )}
    >
      <div className="min-w-0 flex-1 basis-64">
        <p className="text-pretty">{words}</p>
        <p className="text-sm text-muted">
          {t(`organizations.rights.defaultIs.${byRole(right, role)}`)}
          {canChange && !mayAllow && right.effect !== 'grant' && ` · ${t('organizations.rights.youLack')}`}
        </p>
      </div>
      <div className="flex items-center gap-3 max-sm:w-full max-sm:justify-between">
        {canChange && (
          <Segmented
            label={t('organizations.rights.choiceOf', { right: words })}
            value={effect ?? 'default'}
            onValueChange={(next) => onChange(next === 'default' ? null : next)}
            options={[
              { value: 'default', label: t('organizations.rights.default') },
              { value: 'grant', label: t('organizations.rights.allow'), disabled: !mayAllow && effect !== 'grant' },
              { value: 'deny', label: t('organizations.rights.deny') },
            ]}
          />
        )}
        <span
          title={t('organizations.rights.effectiveTitle')}
          className={cn('flex w-26 shrink-0 items-center gap-1.5 font-medium', style)}
        >
          {pending ? <Spinner /> : <Icon aria-hidden size={16} />}
          {t(`organizations.rights.effective.${result}`)}
        </span>
      </div>
    </li>
  )
}
