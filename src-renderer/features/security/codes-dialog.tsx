import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Dialog } from '../../components/ui/dialog.tsx'
import { RecoveryCodes } from '../factors/recovery-codes.tsx'

type Props = {
  title: string
  description?: string
  /** Once they are there they are shown, and the dialog closes only when they are kept. */
  codes: readonly string[] | undefined
  onClose: () => void
  onKept: () => void
  children: ReactNode
}

/** A dialog that may end in recovery codes. */
export function CodesDialog({ title, description, codes, onClose, onKept, children }: Props) {
  const { t } = useTranslation()
  return (
    <Dialog
      open
      canClose={!codes}
      onOpenChange={(next) => !next && onClose()}
      title={codes ? t('security.factors.codesTitle') : title}
      description={codes ? undefined : description}
    >
      {codes ? <RecoveryCodes codes={codes} onDone={onKept} /> : children}
    </Dialog>
  )
}
