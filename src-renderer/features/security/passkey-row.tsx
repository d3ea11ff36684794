import { useMutation, useQueryClient } from '@tanstack/react-query'
import { KeyRound, Trash2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { deletePasskey, type Passkey } from '#contract/mfa'
import { RelativeTime } from '../../components/relative-time.tsx'
import { SettingRow } from '../../components/setting-row.tsx'
import { AlertDialog } from '../../components/ui/alert-dialog.tsx'
import { Badge } from '../../components/ui/badge.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { toast } from '../../components/ui/toast.tsx'
import { formatDate } from '../../lib/format.ts'
import { mutationFor } from '../../lib/query.ts'
import { staleAfterFactor } from './stale-after-factor.ts'

export function PasskeyRow({ passkey }: { passkey: Passkey }) {
  const { t } = useTranslation()
  const { id, name, is_synced, created_at, last_used_at } = passkey
  const remove = useMutation(mutationFor(useQueryClient(), deletePasskey, staleAfterFactor))
  return (
    <SettingRow
      icon={KeyRound}
      title={name}
      badges={
        is_synced && (
          <Badge tone="outline" title={t('security.passkeys.syncedHelp')}>
            {t('security.passkeys.synced')}
          </Badge>
        )
      }
      action={
        <AlertDialog
          trigger={<IconButton icon={Trash2} label={t('security.passkeys.remove', { name })} />}
          title={t('security.passkeys.removeAsk', { name })}
          action={t('security.passkeys.removeAction')}
          onConfirm={async () => {
            await remove.mutateAsync({ params: { id } })
            toast({ title: t('security.passkeys.removed', { name }), tone: 'done' })
          }}
        >
          <p>{t('security.passkeys.removeLost')}</p>
          <p>{t('security.passkeys.removeKept')}</p>
        </AlertDialog>
      }
    >
      {t('security.passkeys.made', { date: formatDate(created_at) })} ·{' '}
      {last_used_at ? (
        <>
          {t('security.passkeys.used')} <RelativeTime at={last_used_at} />
        </>
      ) : (
        t('security.passkeys.neverUsed')
      )}
    </SettingRow>
  )
}
