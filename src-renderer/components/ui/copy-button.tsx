import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { copyText } from '../../lib/clipboard.ts'
import { cn } from '../../lib/cn.ts'
import { IconButton } from './icon-button.tsx'
import { toast } from './toast.tsx'

type Props = { text: string; label?: string; className?: string; size?: 'sm' | 'md' }

export function CopyButton({ text, label, className, size = 'sm' }: Props) {
  const { t } = useTranslation()
  const [isCopied, setCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setCopied(false), 1500)
    return () => clearTimeout(timer)
  }, [isCopied])
  return (
    <IconButton
      icon={isCopied ? Check : Copy}
      label={isCopied ? t('common.copied') : (label ?? t('common.copy'))}
      size={size}
      className={cn(isCopied && 'text-running', className)}
      onClick={(event) => {
        // Inside a row that opens on click, copying is not opening.
        event.stopPropagation()
        event.preventDefault()
        void copyText(text).then((done) =>
          done ? setCopied(true) : toast({ title: t('common.copyRefused'), tone: 'failed' }),
        )
      }}
    />
  )
}
