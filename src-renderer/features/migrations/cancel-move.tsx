import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { cancelMigration, getMigration, listMigrations, type Migration } from '#contract/migrations'
import { AlertDialog } from '../../components/ui/alert-dialog.tsx'
import { Button } from '../../components/ui/button.tsx'
import { toast } from '../../components/ui/toast.tsx'
import { mutationFor } from '../../lib/query.ts'

/** Asks, and says what becomes of the server. */
export function CancelMove({ migration }: { migration: Migration }) {
  const { t } = useTranslation()
  const cancel = useMutation(mutationFor(useQueryClient(), cancelMigration, [listMigrations, getMigration]))
  const { id, instance_name: name, source_node_name: machine } = migration
  return (
    <AlertDialog
      trigger={<Button size="sm">{t('migrations.cancel')}</Button>}
      title={t('migrations.cancelAsk', { name })}
      action={t('migrations.cancel')}
      onConfirm={async () => {
        await cancel.mutateAsync({ params: { id } })
        toast({ title: t('migrations.cancelDone', { name }) })
      }}
    >
      <p>{t('migrations.cancelHelp', { machine })}</p>
    </AlertDialog>
  )
}
