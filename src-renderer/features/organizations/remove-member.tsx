import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { getOrganization } from '#contract/organizations'
import { listMembers, type Member, removeMember } from '#contract/members'
import { AlertDialog } from '../../components/ui/alert-dialog.tsx'
import { toast } from '../../components/ui/toast.tsx'
import { mutationFor } from '../../lib/query.ts'

type Props = { orgId: string; member: Member; name: string; onOpenChange: (isOpen: boolean) => void }

export function RemoveMember({ orgId, member: { user_id: userId, email }, name, onOpenChange }: Props) {
  const { t } = useTranslation()
  const remove = useMutation(mutationFor(useQueryClient(), removeMember, [listMembers, getOrganization]))
  return (
    <AlertDialog
      open
      onOpenChange={onOpenChange}
      title={t('organizations.members.removeTitle', { email, name })}
      action={t('organizations.members.remove')}
      onConfirm={async () => {
        await remove.mutateAsync({ params: { orgId, userId } })
        toast({ title: t('organizations.members.removed', { email }), tone: 'done' })
      }}
    >
      <p>{t('organizations.members.removeLost')}</p>
      <p>{t('organizations.members.removeKept')}</p>
    </AlertDialog>
  )
}
