import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from '../../components/ui/toast.tsx'
import { refreshAll } from '../../lib/query.ts'
import { EnrollApp } from '../factors/enroll-app.tsx'
import { CodesDialog } from './codes-dialog.tsx'
import { staleAfterFactor } from './stale-after-factor.ts'

/** Scan, confirm, keep the recovery codes. */
export function EnrollDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [codes, setCodes] = useState<readonly string[]>()
  return (
    <CodesDialog
      title={t('security.factors.appTitle')}
      codes={codes}
      onClose={onClose}
      onKept={() => {
        toast({ title: t('security.factors.appDone'), tone: 'done' })
        onClose()
      }}
    >
      <EnrollApp
        onDone={(made) => {
          setCodes(made)
          void refreshAll(client, staleAfterFactor)
        }}
      />
    </CodesDialog>
  )
}
