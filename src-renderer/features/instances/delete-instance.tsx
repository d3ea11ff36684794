import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { deleteInstance, type Instance, listInstances } from '#contract/instances'
import { getNode } from '#contract/nodes'
import { AlertDialog } from '../../components/ui/alert-dialog.tsx'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { toast } from '../../components/ui/toast.tsx'
import { call } from '../../lib/api.ts'
import { queryFor } from '../../lib/query.ts'
import { RadioCards } from '../../components/ui/radio-cards.tsx'

type Props = { instance: Instance; open: boolean; onOpenChange: (open: boolean) => void; onDeleted?: () => void }

/** Asks what becomes of the data, and for the name where it would be gone for good. */
export function DeleteInstance({
  instance: { id, name, node_id, node_name: machine },
  open,
  onOpenChange,
  onDeleted,
}: Props) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [data, setData] = useState<'keep' | 'delete'>('keep')
  const [isForced, setForced] = useState(false)
  const node = useQuery({ ...queryFor(getNode, { params: { id: node_id } }), enabled: open })
  const isAway = node.data?.state === 'offline'

  const remove = async () => {
    await call(
      deleteInstance,
      { params: { id }, query: isAway ? { data: 'keep', force: true } : { data } },
      { timeoutMs: 120_000 },
    )
    toast({ title: t(isAway ? 'instances.deletion.forgotten' : 'instances.deletion.deleted', { name }) })
    onDeleted?.()
    void client.invalidateQueries({ queryKey: [listInstances.schema.operationId] })
  }
  const change = (isOpen: boolean) => {
    if (isOpen) {
      setData('keep')
      setForced(false)
    }
    onOpenChange(isOpen)
  }
  const action = isAway
    ? 'instances.deletion.actionForce'
    : data === 'delete'
      ? 'instances.deletion.actionData'
      : 'instances.deletion.action'
  return (
    <AlertDialog
      open={open}
      onOpenChange={change}
      title={t('instances.deletion.title', { name })}
      action={t(action)}
      disabled={isAway && !isForced}
      {...(data === 'delete' && !isAway && { typeToConfirm: name })}
      onConfirm={remove}
    >
      {isAway ? (
        <>
          <p>{t('instances.deletion.away')}</p>
          <Checkbox
            className="text-text"
            label={t('instances.deletion.force')}
            checked={isForced}
            onCheckedChange={setForced}
          />
        </>
      ) : (
        <>
          <p>{t('instances.deletion.stops')}</p>
          <RadioCards
            label={t('instances.deletion.data')}
            value={data}
            onValueChange={setData}
            options={[
              {
                value: 'keep',
                label: t('instances.deletion.keep'),
                help: t('instances.deletion.keepHelp', { machine }),
              },
              {
                value: 'delete',
                label: t('instances.deletion.remove'),
                help: t('instances.deletion.removeHelp'),
                tone: 'danger',
              },
            ]}
          />
        </>
      )}
    </AlertDialog>
  )
}
