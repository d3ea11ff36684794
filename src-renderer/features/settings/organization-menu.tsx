import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ArrowRightLeft, Ellipsis, House, LogOut } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { getMe } from '#contract/auth'
import { listOrganizations, type Organization, setDefaultOrganization } from '#contract/organizations'
import { removeMember } from '#contract/members'
import { AlertDialog } from '../../components/ui/alert-dialog.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { Menu, MenuItem, MenuSeparator } from '../../components/ui/menu.tsx'
import { toast, toastError } from '../../components/ui/toast.tsx'
import { useMe } from '../../lib/me.ts'
import { mutationFor } from '../../lib/query.ts'
import { session } from '../../lib/session.ts'

export function OrganizationMenu({ organization, isShown }: { organization: Organization; isShown: boolean }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const me = useMe()
  const [isLeaving, setLeaving] = useState(false)
  const { id, name, role, is_default } = organization
  const makeDefault = useMutation({
    ...mutationFor(client, setDefaultOrganization, [listOrganizations]),
    onSuccess: () => toast({ title: t('settings.profile.madeDefault', { name }), tone: 'done' }),
    onError: (error) => toastError(t('settings.profile.defaultFailed', { name }), error),
  })
  const leave = useMutation(mutationFor(client, removeMember, [listOrganizations]))

  return (
    <>
      <Menu trigger={<IconButton icon={Ellipsis} label={t('settings.profile.actions', { name })} />}>
        {!isShown && (
          <MenuItem icon={ArrowRightLeft} onClick={() => session.chooseOrganization(id)}>
            {t('settings.profile.goTo')}
          </MenuItem>
        )}
        <MenuItem icon={House} disabled={is_default} onClick={() => makeDefault.mutate({ params: { orgId: id } })}>
          {t('settings.profile.makeDefault')}
        </MenuItem>
        <MenuSeparator />
        <MenuItem icon={LogOut} tone="danger" disabled={role === 'owner'} onClick={() => setLeaving(true)}>
          {t('settings.profile.leave')}
        </MenuItem>
        {role === 'owner' && (
          <p className="max-w-56 px-2 pb-1.5 text-sm text-muted">{t('settings.profile.ownerStays')}</p>
        )}
      </Menu>
      <AlertDialog
        open={isLeaving}
        onOpenChange={setLeaving}
        title={t('settings.profile.leaveAsk', { name })}
        action={t('settings.profile.leave')}
        onConfirm={async () => {
          await leave.mutateAsync({ params: { orgId: id, userId: me?.id ?? '' } })
          toast({ title: t('settings.profile.left', { name }), tone: 'done' })
          // What is on screen was of the organization that was left.
          if (isShown) session.chooseOrganization(null)
          await client.invalidateQueries({ queryKey: [getMe.schema.operationId] })
        }}
      >
        <p>{t('settings.profile.leaveLost')}</p>
        <p>{t('settings.profile.leaveKept')}</p>
      </AlertDialog>
    </>
  )
}
