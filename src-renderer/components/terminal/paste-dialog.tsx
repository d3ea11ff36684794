import { useTranslation } from 'react-i18next'
import { Button } from '../ui/button.tsx'
import { Dialog, DialogClose } from '../ui/dialog.tsx'

const SHOWN = 12

/** Several lines would be several commands, so a person looks at them first. */
export function PasteDialog({
  lines,
  onSend,
  onClose,
}: {
  lines: readonly string[]
  onSend: () => void
  onClose: () => void
}) {
  const { t } = useTranslation()
  const count = lines.length
  return (
    <Dialog
      open={count > 0}
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={t('console.paste.title', { count })}
      description={t('console.paste.help')}
      footer={
        <>
          <DialogClose render={<Button>{t('common.cancel')}</Button>} />
          <Button variant="primary" onClick={onSend}>
            {t('console.paste.send', { count })}
          </Button>
        </>
      }
    >
      <ol className="flex flex-col overflow-x-auto rounded-md border border-border bg-sunken p-2 font-mono text-sm">
        {lines.slice(0, SHOWN).map((line, at) => (
          <li key={at} className="whitespace-pre">
            {line}
          </li>
        ))}
        {count > SHOWN && <li className="text-muted">{t('console.paste.more', { count: count - SHOWN })}</li>}
      </ol>
    </Dialog>
  )
}
