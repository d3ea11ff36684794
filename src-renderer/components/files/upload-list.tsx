import { CircleCheck, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { formatBytes } from '../../lib/format.ts'
import { problemText } from '../../lib/problem-text.ts'
import { Button } from '../ui/button.tsx'
import { IconButton } from '../ui/icon-button.tsx'
import { Progress } from '../ui/progress.tsx'
import { UnreadableFile } from './send-file.ts'
import { shownName } from './paths.ts'
import type { Upload } from './use-uploads.ts'

type Props = {
  uploads: readonly Upload[]
  onCancel: (id: number) => void
  onForget: (id: number) => void
  onClear: () => void
}

/** What is on its way to the folder, and how far it is. */
export function UploadList({ uploads, onCancel, onForget, onClear }: Props) {
  const { t } = useTranslation()
  if (uploads.length === 0) return null
  const done = uploads.filter(({ state }) => state === 'done').length
  return (
    <section aria-label={t('files.uploads')} className="rounded-lg border border-border bg-surface">
      <ul className="max-h-80 overflow-y-auto">
        {uploads.map((upload) => (
          <Row
            key={upload.id}
            upload={upload}
            onRemove={() => (isOver(upload) ? onForget(upload.id) : onCancel(upload.id))}
          />
        ))}
      </ul>
      {done > 1 && (
        <footer className="flex items-center justify-between gap-3 border-t border-border py-1 pr-2 pl-4 text-sm text-muted">
          <span>{t('files.uploadedOf', { done, count: uploads.length })}</span>
          <Button size="sm" variant="ghost" onClick={onClear}>
            {t('files.clearDone')}
          </Button>
        </footer>
      )}
    </section>
  )
}

const isOver = ({ state }: Upload) => state === 'done' || state === 'failed'

function Row({ upload, onRemove }: { upload: Upload; onRemove: () => void }) {
  const { t } = useTranslation()
  const { state, size, sent } = upload
  const name = shownName(upload.name)
  return (
    <li className="flex items-center gap-3 border-b border-border py-1.5 pr-2 pl-4 last:border-0">
      <div className="min-w-0 flex-1">
        <p className="flex items-center justify-between gap-x-4">
          <span className="min-w-0 truncate font-medium" title={name}>
            {name}
          </span>
          {state !== 'broken' && (
            <span className="flex shrink-0 items-center gap-1.5 text-sm tabular text-muted">
              {state === 'done' && <CircleCheck aria-hidden size={14} className="text-running" />}
              {state === 'sending'
                ? t('files.sentOf', { sent: formatBytes(sent), size: formatBytes(size) })
                : t(`files.upload.${state}`)}
            </span>
          )}
        </p>
        {state === 'failed' && (
          <p role="alert" className="text-sm break-words text-error">
            {upload.error instanceof UnreadableFile ? t('files.upload.unreadable') : problemText(upload.error)}
          </p>
        )}
        {!isOver(upload) && (
          <div className="py-1">
            <Progress label={t('files.uploadOf', { name })} percent={size === 0 ? 100 : (sent / size) * 100} />
          </div>
        )}
        {state === 'broken' && (
          <p role="status" className="text-sm text-busy">
            {t('files.upload.broken')}
          </p>
        )}
      </div>
      <IconButton
        icon={X}
        size="sm"
        label={isOver(upload) ? t('files.forgetUpload', { name }) : t('files.cancelUpload', { name })}
        onClick={onRemove}
      />
    </li>
  )
}
