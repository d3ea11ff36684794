import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { getCertificate, listCertificates, revokeCertificate, type SshCertificate } from '#contract/ssh'
import { AlertDialog } from '../../components/ui/alert-dialog.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Field } from '../../components/ui/field.tsx'
import { Input } from '../../components/ui/input.tsx'
import { toast } from '../../components/ui/toast.tsx'
import { mutationFor } from '../../lib/query.ts'

export function RevokeCertificate({ certificate }: { certificate: SshCertificate }) {
  const { t } = useTranslation()
  const [reason, setReason] = useState('')
  const revoke = useMutation(mutationFor(useQueryClient(), revokeCertificate, [listCertificates, getCertificate]))
  return (
    <AlertDialog
      trigger={<Button variant="danger">{t('ssh.revoke.action')}</Button>}
      title={t('ssh.revoke.ask')}
      action={t('ssh.revoke.action')}
      onConfirm={async () => {
        const said = reason.trim()
        await revoke.mutateAsync({ params: { id: certificate.id }, body: said ? { reason: said } : null })
        toast({ title: t('ssh.revoke.done'), tone: 'done' })
      }}
    >
      <p>{t('ssh.revoke.lost')}</p>
      <Field label={t('ssh.revoke.reason')} note={t('ssh.form.optional')}>
        <Input maxLength={300} value={reason} onValueChange={setReason} />
      </Field>
    </AlertDialog>
  )
}
