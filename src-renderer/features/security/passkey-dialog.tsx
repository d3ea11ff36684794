import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from '../../components/ui/toast.tsx'
import { refreshAll } from '../../lib/query.ts'
import { AddPasskey } from '../factors/add-passkey.tsx'
import { CodesDialog } from './codes-dialog.tsx'
import { staleAfterFactor } from './stale-after-factor.ts'

export function PasskeyDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [codes, setCodes] = useState<readonly string[]>()
  return (
    <CodesDialog title={t('security.passkeys.add')} codes={codes} onClose={onClose} onKept={onClose}>
      <AddPasskey
        onDone={({ name, recovery_codes }) => {
          toast({ title: t('security.passkeys.added', { name }), tone: 'done' })
          void refreshAll(client, staleAfterFactor)
          if (recovery_codes) setCodes(recovery_codes)
          else onClose()
        }}
      />
    </CodesDialog>
  )
}
