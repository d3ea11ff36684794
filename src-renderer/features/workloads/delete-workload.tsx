import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { deleteWorkload, listWorkloads, type Workload } from '#contract/workloads'
import { AlertDialog } from '../../components/ui/alert-dialog.tsx'
import { toast } from '../../components/ui/toast.tsx'
import { call } from '../../lib/api.ts'

type Props = { workload: Workload; open: boolean; onOpenChange: (open: boolean) => void; onDeleted?: () => void }

export function DeleteWorkload({
  workload: { id, name, instance_count: count },
  open,
  onOpenChange,
  onDeleted,
}: Props) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const remove = async () => {
    await call(deleteWorkload, { params: { id } })
    toast({ title: t('workloads.deleted', { name }) })
    onDeleted?.()
    void client.invalidateQueries({ queryKey: [listWorkloads.schema.operationId] })
  }
  return (
    <AlertDialog
      open={open}
      onOpenChange={onOpenChange}
      title={t('workloads.deleteTitle', { name })}
      action={t('workloads.delete')}
      disabled={count > 0}
      onConfirm={remove}
    >
      {count > 0 ? t('workloads.deleteUsed', { count }) : t('workloads.deleteHelp')}
    </AlertDialog>
  )
}
