import { useQuery } from '@tanstack/react-query'
import { LifeBuoy, Smartphone } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { getMfaStatus, type MfaStatus } from '#contract/mfa'
import { SettingRow } from '../../components/setting-row.tsx'
import { Badge } from '../../components/ui/badge.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Card, CardHead } from '../../components/ui/card.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { queryFor } from '../../lib/query.ts'
import { EnrollDialog } from './enroll-dialog.tsx'
import { RenewCodes } from './renew-codes.tsx'
import { TurnOff } from './turn-off.tsx'

/** Two-step verification: the authenticator app, the recovery codes, and the end of it. */
export function FactorsCard() {
  const { t } = useTranslation()
  const status = useQuery(queryFor(getMfaStatus, {}))
  return (
    <Card aria-labelledby="factors">
      <CardHead
        id="factors"
        title={t('security.factors.title')}
        action={
          status.data && (
            <Badge tone={status.data.enabled ? 'running' : 'neutral'}>
              {t(status.data.enabled ? 'security.factors.on' : 'security.factors.off')}
            </Badge>
          )
        }
      />
      {status.isPending ? (
        <SkeletonRows rows={2} />
      ) : status.isError ? (
        <ErrorState error={status.error} title={t('security.failed')} onRetry={() => void status.refetch()} />
      ) : (
        <Factors status={status.data} />
      )}
    </Card>
  )
}

/** With this many left it is time for new ones. */
const FEW = 3

function Factors({ status }: { status: MfaStatus }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState<'app' | 'codes' | 'off'>()
  const close = () => setOpen(undefined)
  return (
    <>
      <p className="border-b border-border px-4 py-3 text-muted">
        {t(status.required ? 'security.factors.required' : 'security.factors.lead')}
      </p>
      <ul>
        <SettingRow
          icon={Smartphone}
          title={t('security.factors.app')}
          action={
            status.totp ? (
              <Badge tone="running">{t('security.factors.on')}</Badge>
            ) : (
              <Button onClick={() => setOpen('app')}>{t('security.factors.setUp')}</Button>
            )
          }
        >
          {t(status.totp ? 'security.factors.appOn' : 'security.factors.appOff')}
        </SettingRow>
        {status.enabled && (
          <SettingRow
            icon={LifeBuoy}
            title={t('security.factors.recovery')}
            action={<Button onClick={() => setOpen('codes')}>{t('security.factors.renew')}</Button>}
          >
            <span className={status.recovery_codes_left <= FEW ? 'text-busy' : undefined}>
              {t('security.factors.left', { count: status.recovery_codes_left })}
              {status.recovery_codes_left <= FEW && ` ${t('security.factors.few')}`}
            </span>
          </SettingRow>
        )}
      </ul>
      {status.enabled && !status.required && (
        <footer className="flex justify-end border-t border-border px-4 py-3">
          <Button variant="danger-ghost" onClick={() => setOpen('off')}>
            {t('security.factors.turnOff')}
          </Button>
        </footer>
      )}
      {open === 'app' && <EnrollDialog onClose={close} />}
      {open === 'codes' && <RenewCodes onClose={close} />}
      {open === 'off' && <TurnOff onClose={close} />}
    </>
  )
}
