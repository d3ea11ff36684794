import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { getMfaStatus, regenerateRecoveryCodes } from '#contract/mfa'
import { call } from '../../lib/api.ts'
import { refreshAll } from '../../lib/query.ts'
import { CodesDialog } from './codes-dialog.tsx'
import { ConfirmCode } from './confirm-code.tsx'

export function RenewCodes({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [codes, setCodes] = useState<readonly string[]>()
  return (
    <CodesDialog
      title={t('security.factors.renewTitle')}
      description={t('security.factors.renewLead')}
      codes={codes}
      onClose={onClose}
      onKept={onClose}
    >
      <ConfirmCode
        action={t('security.factors.renew')}
        onConfirm={async (code) => {
          const made = await call(regenerateRecoveryCodes, { body: { code } })
          setCodes(made.recovery_codes)
          void refreshAll(client, [getMfaStatus])
        }}
      />
    </CodesDialog>
  )
}
