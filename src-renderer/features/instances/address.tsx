import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Instance } from '#contract/instances'
import { toast } from '../../components/ui/toast.tsx'
import { copyText } from '../../lib/clipboard.ts'
import { cn } from '../../lib/cn.ts'
import { RowButton } from './row-button.tsx'

/** Where players or programs reach it, one click from the clipboard. */
export function Address({
  instance: { address, name },
  className,
}: {
  instance: Pick<Instance, 'address' | 'name'>
  className?: string
}) {
  const { t } = useTranslation()
  const [isCopied, setCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setCopied(false), 1500)
    return () => clearTimeout(timer)
  }, [isCopied])

  if (address === null) return <span className={cn('text-muted', className)}>{t('instances.noAddress')}</span>
  const copy = async () => {
    if (await copyText(address)) setCopied(true)
    else toast({ title: t('common.copyRefused'), tone: 'failed' })
  }
  return (
    <span className={cn('inline-flex min-w-0 items-center gap-0.5', className)}>
      <span className="truncate font-mono text-sm select-all">{address}</span>
      <RowButton
        icon={isCopied ? Check : Copy}
        label={isCopied ? t('common.copied') : t('instances.copyAddress', { name })}
        className={isCopied ? 'text-running' : ''}
        onClick={() => void copy()}
      />
    </span>
  )
}
