import { useTranslation } from 'react-i18next'
import type { Instance } from '#contract/instances'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { cn } from '../../lib/cn.ts'

/** Where players or programs reach it, one click from the clipboard. */
export function Address({ instance: { address, name }, className }: { instance: Pick<Instance, 'address' | 'name'>; className?: string }) {
  const { t } = useTranslation()
  if (address === null) return <span className={cn('text-muted', className)}>{t('instances.noAddress')}</span>
  return (
    <span className={cn('inline-flex min-w-0 items-center gap-0.5', className)}>
      <span className="truncate font-mono text-sm select-all">{address}</span>
      <CopyButton text={address} label={t('instances.copyAddress', { name })} />
    </span>
  )
}
