import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { disableMfa } from '#contract/mfa'
import { Dialog } from '../../components/ui/dialog.tsx'
import { toast } from '../../components/ui/toast.tsx'
import { call } from '../../lib/api.ts'
import { refreshAll } from '../../lib/query.ts'
import { ConfirmCode } from './confirm-code.tsx'
import { staleAfterFactor } from './stale-after-factor.ts'

/** Takes every second factor away, after a current code. */
export function TurnOff({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  return (
    <Dialog
      open
      onOpenChange={(next) => !next && onClose()}
      title={t('security.factors.turnOffTitle')}
      description={t('security.factors.turnOffLead')}
    >
      <ConfirmCode
        tone="danger"
        action={t('security.factors.turnOff')}
        onConfirm={async (code) => {
          await call(disableMfa, { body: { code } })
          await refreshAll(client, staleAfterFactor)
          toast({ title: t('security.factors.turnedOff'), tone: 'done' })
          onClose()
        }}
      />
    </Dialog>
  )
}
