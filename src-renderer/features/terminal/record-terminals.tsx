import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { type FleetNode, getNode, listNodes, updateNode } from '#contract/nodes'
import { Card, CardBody, CardHead } from '../../components/ui/card.tsx'
import { Switch } from '../../components/ui/switch.tsx'
import { toastError } from '../../components/ui/toast.tsx'
import { useCan } from '../../lib/me.ts'
import { mutationFor } from '../../lib/query.ts'

/** Whether what happens in terminals on a machine is kept. */
export function RecordTerminals({ node }: { node: FleetNode }) {
  const { t } = useTranslation()
  const canUpdate = useCan('nodes.update')
  const save = useMutation({
    ...mutationFor(useQueryClient(), updateNode, [getNode, listNodes]),
    onError: (error) => toastError(t('terminal.record'), error),
  })
  const isOn = save.isPending ? save.variables.body.records_terminals === true : node.records_terminals
  return (
    <Card aria-labelledby="record-terminals" className="max-w-form">
      <CardHead id="record-terminals" title={t('terminal.title')} />
      <CardBody>
        <Switch
          checked={isOn}
          disabled={!canUpdate}
          label={t('terminal.record')}
          help={t('terminal.recordHelp')}
          onCheckedChange={(records_terminals) => save.mutate({ params: { id: node.id }, body: { records_terminals } })}
        />
      </CardBody>
    </Card>
  )
}
