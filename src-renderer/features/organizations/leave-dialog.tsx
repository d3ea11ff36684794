import { useTranslation } from 'react-i18next'
import { removeMember } from '#contract/members'
import { AlertDialog } from '../../components/ui/alert-dialog.tsx'
import { toast } from '../../components/ui/toast.tsx'
import { call } from '../../lib/api.ts'
import { useGoElsewhere } from './use-go-elsewhere.ts'

type Props = { orgId: string; userId: string; name: string; open: boolean; onOpenChange: (isOpen: boolean) => void }

export function LeaveDialog({ orgId, userId, name, open, onOpenChange }: Props) {
  const { t } = useTranslation()
  const goElsewhere = useGoElsewhere()
  return (
    <AlertDialog
      open={open}
      onOpenChange={onOpenChange}
      title={t('organizations.members.leaveTitle', { name })}
      action={t('organizations.members.leave')}
      onConfirm={async () => {
        await call(removeMember, { params: { orgId, userId } })
        toast({ title: t('organizations.members.left', { name }) })
        await goElsewhere()
      }}
    >
      <p>{t('organizations.members.leaveLost')}</p>
      <p>{t('organizations.members.leaveKept')}</p>
    </AlertDialog>
  )
}
