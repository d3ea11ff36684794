import { CircleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { cn } from '../../lib/cn.ts'
import { isGone, problemCode, problemText } from '../../lib/problem-text.ts'
import { Button } from './button.tsx'
import { CopyButton } from './copy-button.tsx'

type Props = {
  error: unknown
  /** What could not be done: "Machines could not be loaded". */ title?: string
  onRetry?: () => void
  className?: string
}

/** What happened, what to do about it, a code to pass on, and another try where it can help. */
export function ErrorState({ error, title, onRetry, className }: Props) {
  const { t } = useTranslation()
  const code = problemCode(error)
  return (
    <div role="alert" className={cn('flex flex-col items-center gap-3 px-6 py-12 text-center', className)}>
      <span className="grid size-10 place-items-center rounded-lg bg-error-soft text-error">
        <CircleAlert aria-hidden size={20} />
      </span>
      <div className="max-w-110">
        <h3 className="text-lg font-semibold text-balance">{title ?? t('problems.title')}</h3>
        <p className="mt-1 text-pretty break-words text-muted">{problemText(error)}</p>
      </div>
      <div className="flex flex-wrap items-center justify-center gap-2">
        {onRetry && !isGone(error) && <Button onClick={onRetry}>{t('common.retry')}</Button>}
        {code && (
          <span className="inline-flex items-center gap-1 text-sm text-muted">
            {t('problems.code')} <code className="font-mono select-all">{code}</code>
            <CopyButton text={code} label={t('problems.copyCode')} />
          </span>
        )}
      </div>
    </div>
  )
}
