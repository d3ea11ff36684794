import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Copy, Ellipsis, KeyRound, Star, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { getSettings, removeSshKey, setDefaultSshKey, type SshKey } from '#contract/settings'
import { RelativeTime } from '../../components/relative-time.tsx'
import { SettingRow } from '../../components/setting-row.tsx'
import { AlertDialog } from '../../components/ui/alert-dialog.tsx'
import { Badge } from '../../components/ui/badge.tsx'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { Menu, MenuItem, MenuSeparator } from '../../components/ui/menu.tsx'
import { toast, toastError } from '../../components/ui/toast.tsx'
import { copyText } from '../../lib/clipboard.ts'
import { mutationFor } from '../../lib/query.ts'

export function KeyRow({ sshKey }: { sshKey: SshKey }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [isRemoving, setRemoving] = useState(false)
  const { name, type, bits, fingerprint, is_default } = sshKey
  const makeDefault = useMutation({
    ...mutationFor(client, setDefaultSshKey, [getSettings]),
    onError: (error) => toastError(t('settings.keys.defaultFailed', { name }), error),
  })
  const remove = useMutation(mutationFor(client, removeSshKey, [getSettings]))
  const copy = async () => {
    const done = await copyText(sshKey.public_key)
    toast({ title: t(done ? 'common.copied' : 'common.copyRefused'), tone: done ? 'done' : 'failed' })
  }
  return (
    <SettingRow
      icon={KeyRound}
      title={name}
      badges={
        is_default && (
          <Badge tone="accent" title={t('settings.keys.defaultHelp')}>
            {t('settings.keys.default')}
          </Badge>
        )
      }
      action={
        <>
          <Menu trigger={<IconButton icon={Ellipsis} label={t('settings.keys.actions', { name })} />}>
            <MenuItem icon={Copy} onClick={() => void copy()}>
              {t('settings.keys.copyKey')}
            </MenuItem>
            <MenuItem icon={Star} disabled={is_default} onClick={() => makeDefault.mutate({ params: { name } })}>
              {t('settings.keys.makeDefault')}
            </MenuItem>
            <MenuSeparator />
            <MenuItem icon={Trash2} tone="danger" onClick={() => setRemoving(true)}>
              {t('settings.keys.remove')}
            </MenuItem>
          </Menu>
          <AlertDialog
            open={isRemoving}
            onOpenChange={setRemoving}
            title={t('settings.keys.removeAsk', { name })}
            action={t('settings.keys.remove')}
            onConfirm={async () => {
              await remove.mutateAsync({ params: { name } })
              toast({ title: t('settings.keys.removed', { name }), tone: 'done' })
            }}
          >
            <p>{t('settings.keys.removeLost')}</p>
          </AlertDialog>
        </>
      }
    >
      <span className="flex flex-wrap gap-x-1.5">
        <span>{type}</span>
        <span aria-hidden>·</span>
        <span>{t('settings.keys.bits', { bits })}</span>
        <span aria-hidden>·</span>
        <RelativeTime at={sshKey.created_at} />
      </span>
      <span className="flex min-w-0 items-center gap-1">
        <code className="min-w-0 truncate font-mono select-all">{fingerprint}</code>
        <CopyButton text={fingerprint} label={t('settings.keys.copyFingerprint')} />
      </span>
    </SettingRow>
  )
}
