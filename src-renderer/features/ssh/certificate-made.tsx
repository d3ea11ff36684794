import { Download } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { FleetNode } from '#contract/nodes'
import type { Output } from '#contract/operation'
import type { createCertificate } from '#contract/ssh'
import { Button } from '../../components/ui/button.tsx'
import { Dialog } from '../../components/ui/dialog.tsx'
import { formatDateTime } from '../../lib/format.ts'
import { saveText } from '../../lib/save-file.ts'
import { fileFor } from './certificate-form.ts'
import { Copyable } from './copyable.tsx'
import { loginCommand } from './login-command.ts'

export type Made = Output<typeof createCertificate> & { publicKey: string; node: FleetNode | undefined }

/** The certificate, where it goes, and how it is used. */
export function CertificateMade({ made, onDone }: { made: Made; onDone: () => void }) {
  const { t } = useTranslation()
  const file = fileFor(made.publicKey)
  return (
    <Dialog
      open
      onOpenChange={(next) => !next && onDone()}
      title={t('ssh.made.title')}
      description={t('ssh.made.lead', { until: formatDateTime(made.valid_before) })}
      footer={
        <>
          <Button onClick={() => saveText(`${made.certificate}\n`, file)}>
            <Download aria-hidden size={14} /> {t('ssh.made.download', { file })}
          </Button>
          <Button variant="primary" onClick={onDone}>
            {t('ssh.made.done')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Copyable label={t('ssh.made.certificate')} text={made.certificate} copy={t('ssh.made.copy')} />
        <p className="text-muted">{t('ssh.made.beside')}</p>
        <Copyable
          label={t('ssh.made.use')}
          text={loginCommand(made.principals[0] ?? '', made.node)}
          copy={t('ssh.made.copyUse')}
        />
      </div>
    </Dialog>
  )
}
