import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Terminal, Trash2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { type ApiToken, deleteApiToken, listApiTokens } from '#contract/api-tokens'
import { RelativeTime } from '../../components/relative-time.tsx'
import { SettingRow } from '../../components/setting-row.tsx'
import { AlertDialog } from '../../components/ui/alert-dialog.tsx'
import { Badge } from '../../components/ui/badge.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { toast } from '../../components/ui/toast.tsx'
import { formatDate } from '../../lib/format.ts'
import { useNow } from '../../lib/now.ts'
import { mutationFor } from '../../lib/query.ts'

export function TokenRow({ token }: { token: ApiToken }) {
  const { t } = useTranslation()
  const now = useNow(60_000)
  const { id, name, organization_name, scopes, expires_at, last_used_at, last_used_ip } = token
  const isExpired = expires_at !== null && Date.parse(expires_at) <= now
  const remove = useMutation(mutationFor(useQueryClient(), deleteApiToken, [listApiTokens]))
  return (
    <SettingRow
      icon={Terminal}
      title={name}
      badges={
        <>
          <Badge tone="outline" title={scopes?.join(', ')}>
            {scopes ? t('tokens.scopes', { count: scopes.length }) : t('tokens.all')}
          </Badge>
          {isExpired && <Badge tone="error">{t('tokens.expired')}</Badge>}
        </>
      }
      action={
        <AlertDialog
          trigger={<IconButton icon={Trash2} label={t('tokens.remove', { name })} />}
          title={t('tokens.removeAsk', { name })}
          action={t('tokens.removeAction')}
          onConfirm={async () => {
            await remove.mutateAsync({ params: { id } })
            toast({ title: t('tokens.removed', { name }), tone: 'done' })
          }}
        >
          <p>{t('tokens.removeLost')}</p>
        </AlertDialog>
      }
    >
      {organization_name} ·{' '}
      {last_used_at ? (
        <>
          {t('tokens.used')} <RelativeTime at={last_used_at} />
          {last_used_ip && ` ${t('tokens.usedFrom', { ip: last_used_ip })}`}
        </>
      ) : (
        t('tokens.neverUsed')
      )}
      {!isExpired && (
        <> · {expires_at ? t('tokens.expires', { date: formatDate(expires_at) }) : t('tokens.noExpiry')}</>
      )}
    </SettingRow>
  )
}
