import { useTranslation } from 'react-i18next'
import type { SshCertificate } from '#contract/ssh'
import { Badge } from '../../components/ui/badge.tsx'
import { useNow } from '../../lib/now.ts'

const tones = { valid: 'running', expired: 'neutral', revoked: 'error' } as const

/** As it is now: an hour may have passed since it was told. */
export function CertificateState({ certificate }: { certificate: SshCertificate }) {
  const { t } = useTranslation()
  const now = useNow(10_000)
  const isOver = certificate.state === 'valid' && Date.parse(certificate.valid_before) <= now
  const state = isOver ? 'expired' : certificate.state
  return <Badge tone={tones[state]}>{t(`ssh.states.${state}`)}</Badge>
}
