import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Instance } from '#contract/instances'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { cn } from '../../lib/cn.ts'
import { TemplateIcon } from '../templates/template-icon.tsx'
import { Address } from './address.tsx'
import { InstanceActions } from './instance-actions.tsx'
import { StateWithReason } from './instance-state.tsx'
import { UsageLine } from './usage-line.tsx'

type Props = {
  instance: Instance
  isSelected: boolean
  onSelect: (id: string, isSelected: boolean) => void
  awaySince: string | undefined
}

/** One server: what it is, how it is, where it is, what it uses. Drawn again only when it changed. */
export const InstanceCard = memo(function InstanceCard({ instance, isSelected, onSelect, awaySince }: Props) {
  const { t } = useTranslation()
  const { id, name, icon, workload_name: workload, node_name: machine } = instance
  return (
    <article
      aria-label={name}
      className={cn(
        'relative flex min-w-0 flex-col gap-3 rounded-lg border border-border bg-surface p-4 transition-colors has-[h2_a:hover]:border-field',
        isSelected && 'border-accent bg-accent-soft',
      )}
    >
      <div className="flex items-start gap-3">
        <TemplateIcon icon={icon} />
        <div className="min-w-0 flex-1">
          <h2 className="truncate text-lg font-semibold">
            <Link
              to="/servers/$instanceId"
              params={{ instanceId: id }}
              className="rounded-sm after:absolute after:inset-0 after:rounded-lg"
            >
              {name}
            </Link>
          </h2>
          <p className="truncate text-sm text-muted">
            {workload} {t('instances.on', { machine })}
          </p>
        </div>
        <span className="relative z-10 flex size-5 items-center justify-center">
          <Checkbox
            aria-label={t('instances.select', { name })}
            checked={isSelected}
            onCheckedChange={(checked) => onSelect(id, checked)}
          />
        </span>
      </div>
      <StateWithReason instance={instance} awaySince={awaySince} />
      <dl className="grid grid-cols-2 gap-4">
        {(['cpu', 'memory'] as const).map((of) => (
          <div key={of} className="min-w-0">
            <dt className="text-sm text-muted">{t(`instances.${of}`)}</dt>
            <dd className="flex h-7 items-center">
              <span className="w-full">
                <UsageLine instance={instance} of={of} isWide />
              </span>
            </dd>
          </div>
        ))}
      </dl>
      <div className="-mr-2 -mb-2 flex items-center justify-between gap-2">
        <Address instance={instance} className="relative z-10" />
        <span className="relative z-10 ml-auto">
          <InstanceActions instance={instance} />
        </span>
      </div>
    </article>
  )
})
