import { X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { formatBytes } from '../../lib/format.ts'
import { problemText } from '../../lib/problem-text.ts'
import { IconButton } from '../ui/icon-button.tsx'
import { Progress } from '../ui/progress.tsx'
import { shownName } from './paths.ts'
import type { Upload } from './use-uploads.ts'

type Props = { uploads: readonly Upload[]; onCancel: (id: number) => void; onForget: (id: number) => void }

/** What is on its way to the folder, and how far it is. */
export function UploadList({ uploads, onCancel, onForget }: Props) {
  const { t } = useTranslation()
  if (uploads.length === 0) return null
  return (
    <ul aria-label={t('files.uploads')} className="flex flex-col rounded-lg border border-border bg-surface">
      {uploads.map((upload) => {
        const name = shownName(upload.name)
        const isOver = upload.state === 'done' || upload.state === 'failed'
        return (
          <li key={upload.id} className="flex items-center gap-3 border-b border-border px-4 py-2 last:border-0">
            <div className="min-w-0 flex-1">
              <p className="flex flex-wrap justify-between gap-x-4">
                <span className="min-w-0 truncate font-medium">{name}</span>
                <span className="text-sm tabular text-muted">
                  {upload.state === 'sending'
                    ? t('files.sentOf', { sent: formatBytes(upload.sent), size: formatBytes(upload.size) })
                    : t(`files.upload.${upload.state}`)}
                </span>
              </p>
              {upload.state === 'failed' ? (
                <p role="alert" className="text-sm break-words text-error">
                  {problemText(upload.error)}
                </p>
              ) : (
                <Progress
                  label={t('files.uploadOf', { name })}
                  percent={upload.size === 0 ? 100 : (upload.sent / upload.size) * 100}
                />
              )}
            </div>
            <IconButton
              icon={X}
              size="sm"
              label={isOver ? t('common.dismiss') : t('files.cancelUpload', { name })}
              onClick={() => (isOver ? onForget(upload.id) : onCancel(upload.id))}
            />
          </li>
        )
      })}
    </ul>
  )
}
