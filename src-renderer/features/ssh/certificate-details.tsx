import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { getCertificate, type SshCertificate } from '#contract/ssh'
import { Dialog } from '../../components/ui/dialog.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { formatDateTime, formatList } from '../../lib/format.ts'
import { useCan, useMe } from '../../lib/me.ts'
import { queryFor } from '../../lib/query.ts'
import { CertificateState } from './certificate-state.tsx'
import { Copyable } from './copyable.tsx'
import { RevokeCertificate } from './revoke-certificate.tsx'

type Props = { id: string; onClose: () => void }

export function CertificateDetails({ id, onClose }: Props) {
  const { t } = useTranslation()
  const query = useQuery(queryFor(getCertificate, { params: { id } }))
  const me = useMe()
  const mayAll = useCan('members.update')
  const certificate = query.data
  const mayRevoke = certificate?.state === 'valid' && (mayAll || certificate.user_id === me?.id)
  return (
    <Dialog
      open
      onOpenChange={(next) => !next && onClose()}
      title={certificate ? t('ssh.details.title', { email: certificate.email }) : t('ssh.title')}
      footer={mayRevoke && <RevokeCertificate certificate={certificate} />}
    >
      {query.isPending ? (
        <SkeletonRows rows={6} />
      ) : query.isError ? (
        <ErrorState error={query.error} title={t('ssh.failedOne')} onRetry={() => void query.refetch()} />
      ) : (
        <Facts certificate={query.data} />
      )}
    </Dialog>
  )
}

function Facts({ certificate: it }: { certificate: SshCertificate }) {
  const { t } = useTranslation()
  const mono = (text: string) => <span className="font-mono text-sm break-all">{text}</span>
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap gap-2">
        <CertificateState certificate={it} />
        {it.purpose === 'browser' && <span className="text-muted">{t('ssh.browser')}</span>}
      </div>
      <dl className="grid grid-cols-[minmax(0,auto)_minmax(0,1fr)] gap-x-4 gap-y-2">
        <Fact name={t('ssh.details.logins')}>{mono(it.principals.join(', '))}</Fact>
        <Fact name={t('ssh.details.where')}>{it.node_name ?? t('ssh.allMachines')}</Fact>
        <Fact name={t('ssh.details.valid')}>
          {t('ssh.details.span', { from: formatDateTime(it.valid_after), to: formatDateTime(it.valid_before) })}
        </Fact>
        <Fact name={t('ssh.details.allows')}>
          {it.extensions.length > 0 ? mono(it.extensions.join(', ')) : t('ssh.details.nothing')}
        </Fact>
        {it.force_command !== null && <Fact name={t('ssh.details.command')}>{mono(it.force_command)}</Fact>}
        {it.source_addresses.length > 0 && (
          <Fact name={t('ssh.details.sources')}>{mono(formatList(it.source_addresses))}</Fact>
        )}
        {it.revoked_at !== null && (
          <Fact name={t('ssh.details.revoked')}>
            {t('ssh.details.revokedBy', {
              at: formatDateTime(it.revoked_at),
              who: it.revoked_by ?? t('ssh.details.system'),
            })}
          </Fact>
        )}
        {it.revoke_reason !== null && <Fact name={t('ssh.details.reason')}>{it.revoke_reason}</Fact>}
        <Fact name={t('ssh.details.serial')}>{mono(it.serial_number)}</Fact>
        <Fact name={t('ssh.details.keyId')}>{mono(it.key_id)}</Fact>
        <Fact name={t('ssh.details.key')}>{mono(it.public_key_fingerprint)}</Fact>
        <Fact name={t('ssh.details.ca')}>{mono(it.ca_fingerprint)}</Fact>
      </dl>
      <Copyable label={t('ssh.made.certificate')} text={it.certificate} copy={t('ssh.made.copy')} />
    </div>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  )
}
