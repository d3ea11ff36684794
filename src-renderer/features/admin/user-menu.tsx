import { useQueryClient } from '@tanstack/react-query'
import { Ban, Crown, Ellipsis, KeyRound, ShieldOff, Trash2, Undo2, UserMinus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import {
  createResetLink,
  deleteUser,
  listAdminUsers,
  resetUserMfa,
  suspendUser,
  unsuspendUser,
  updateUser,
  type User,
} from '#contract/users'
import { AlertDialog } from '../../components/ui/alert-dialog.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { Menu, MenuItem, MenuSeparator } from '../../components/ui/menu.tsx'
import { toast, toastError } from '../../components/ui/toast.tsx'
import { call } from '../../lib/api.ts'
import { useMe } from '../../lib/me.ts'
import { LinkDialog } from './link-dialog.tsx'

type Asked = 'suspend' | 'delete' | 'factors' | 'role' | undefined

/** What an administrator can do to an account. */
export function UserMenu({ user }: { user: User }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const isMe = useMe()?.id === user.id
  const [asked, ask] = useState<Asked>()
  const [link, setLink] = useState<string>()
  const { id, email } = user
  const params = { id }
  const fresh = () => client.invalidateQueries({ queryKey: [listAdminUsers.schema.operationId] })
  const isAdmin = user.platform_role === 'admin'

  const makeLink = async () => {
    try {
      setLink((await call(createResetLink, { params })).link)
    } catch (error) {
      toastError(t('admin.users.linkFailed'), error)
    }
  }
  const letIn = async () => {
    try {
      await call(unsuspendUser, { params })
      toast({ title: t('admin.users.unsuspended', { email }), tone: 'done' })
      await fresh()
    } catch (error) {
      toastError(t('admin.users.unsuspendFailed', { email }), error)
    }
  }

  const dialog = (which: Exclude<Asked, undefined>, confirm: () => Promise<unknown>) => (
    <AlertDialog
      open={asked === which}
      onOpenChange={(open) => ask(open ? which : undefined)}
      title={t(`admin.users.${which}Title`, { email })}
      action={t(`admin.users.${which}`)}
      {...(which === 'delete' && { typeToConfirm: email })}
      tone={which === 'role' ? 'primary' : 'danger'}
      onConfirm={async () => {
        await confirm()
        toast({ title: t(`admin.users.${which}Done`, { email }), tone: 'done' })
        await fresh()
      }}
    >
      {which === 'role' && isAdmin ? t('admin.users.demoteHelp') : t(`admin.users.${which}Help`)}
    </AlertDialog>
  )

  return (
    <>
      <Menu trigger={<IconButton icon={Ellipsis} size="sm" label={t('admin.users.actionsOf', { email })} />}>
        <MenuItem icon={KeyRound} onClick={() => void makeLink()}>
          {t('admin.users.resetLink')}
        </MenuItem>
        <MenuItem icon={ShieldOff} disabled={!user.mfa_enabled} onClick={() => ask('factors')}>
          {t('admin.users.factors')}
        </MenuItem>
        <MenuItem icon={isAdmin ? UserMinus : Crown} disabled={isMe} onClick={() => ask('role')}>
          {t(isAdmin ? 'admin.users.demote' : 'admin.users.promote')}
        </MenuItem>
        <MenuSeparator />
        {user.suspended_at === null ? (
          <MenuItem icon={Ban} tone="danger" disabled={isMe} onClick={() => ask('suspend')}>
            {t('admin.users.suspend')}
          </MenuItem>
        ) : (
          <MenuItem icon={Undo2} onClick={() => void letIn()}>
            {t('admin.users.unsuspend')}
          </MenuItem>
        )}
        <MenuItem icon={Trash2} tone="danger" disabled={isMe} onClick={() => ask('delete')}>
          {t('admin.users.delete')}
        </MenuItem>
      </Menu>
      {dialog('suspend', () => call(suspendUser, { params }))}
      {dialog('delete', () => call(deleteUser, { params }))}
      {dialog('factors', () => call(resetUserMfa, { params }))}
      {dialog('role', () => call(updateUser, { params, body: { platform_role: isAdmin ? 'user' : 'admin' } }))}
      <LinkDialog
        link={link}
        onClose={() => setLink(undefined)}
        title={t('admin.users.linkTitle', { email })}
        help={t('admin.users.linkHelp')}
      />
    </>
  )
}
