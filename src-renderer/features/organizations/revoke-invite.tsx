import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { deleteInvite, type Invite, listInvites } from '#contract/invites'
import { AlertDialog } from '../../components/ui/alert-dialog.tsx'
import { toast } from '../../components/ui/toast.tsx'
import { mutationFor } from '../../lib/query.ts'

type Props = { orgId: string; invite: Invite; onClose: () => void }

export function RevokeInvite({ orgId, invite: { id, email }, onClose }: Props) {
  const { t } = useTranslation()
  const revoke = useMutation(mutationFor(useQueryClient(), deleteInvite, [listInvites]))
  return (
    <AlertDialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={t('organizations.invites.revokeTitle', { who: email ?? t('organizations.invites.anybody') })}
      action={t('organizations.invites.revoke')}
      onConfirm={async () => {
        await revoke.mutateAsync({ params: { orgId, inviteId: id } })
        toast({ title: t('organizations.invites.revoked'), tone: 'done' })
      }}
    >
      {t('organizations.invites.revokeHelp')}
    </AlertDialog>
  )
}
