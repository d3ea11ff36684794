import { useTranslation } from 'react-i18next'
import { Button } from '../../components/ui/button.tsx'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { Dialog } from '../../components/ui/dialog.tsx'
import { Input } from '../../components/ui/input.tsx'

type Props = { link: string | undefined; onClose: () => void; title: string; help: string }

/** A link that is shown this once, to be handed to somebody. */
export function LinkDialog({ link, onClose, title, help }: Props) {
  const { t } = useTranslation()
  return (
    <Dialog
      open={link !== undefined}
      onOpenChange={(open) => !open && onClose()}
      title={title}
      description={help}
      footer={
        <Button variant="primary" onClick={onClose}>
          {t('admin.done')}
        </Button>
      }
    >
      <div className="flex items-center gap-2">
        <Input
          mono
          readOnly
          aria-label={t('admin.link')}
          value={link ?? ''}
          onFocus={({ currentTarget }) => currentTarget.select()}
        />
        <CopyButton text={link ?? ''} label={t('admin.copyLink')} size="md" />
      </div>
    </Dialog>
  )
}
