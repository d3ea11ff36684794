import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { deleteNode, type FleetNode, listNodes } from '#contract/nodes'
import { AlertDialog } from '../../components/ui/alert-dialog.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Card, CardBody, CardHead } from '../../components/ui/card.tsx'
import { toast } from '../../components/ui/toast.tsx'
import { useCan } from '../../lib/me.ts'
import { mutationFor } from '../../lib/query.ts'

/** Forgets a machine. What stands in the way is said before the button is pressed. */
export function RemoveNode({ node }: { node: FleetNode }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const canDelete = useCan('nodes.delete')
  const remove = useMutation(mutationFor(useQueryClient(), deleteNode, [listNodes]))
  if (!canDelete) return null
  const obstacle = node.is_local
    ? t('nodes.remove.local')
    : node.instance_count > 0
      ? t('nodes.remove.hasServers', { count: node.instance_count })
      : undefined
  return (
    <Card aria-labelledby="remove">
      <CardHead id="remove" title={t('nodes.remove.title')} />
      <CardBody className="flex flex-wrap items-center justify-between gap-3">
        <p className="min-w-0 flex-1 basis-64 text-muted">{obstacle ?? t('nodes.remove.lead')}</p>
        <AlertDialog
          trigger={
            <Button variant="danger-ghost" disabled={obstacle !== undefined}>
              {t('nodes.remove.button')}
            </Button>
          }
          title={t('nodes.remove.ask', { name: node.name })}
          action={t('nodes.remove.button')}
          typeToConfirm={node.name}
          onConfirm={async () => {
            await remove.mutateAsync({ params: { id: node.id } })
            toast({ title: t('nodes.remove.done', { name: node.name }), tone: 'done' })
            await navigate({ to: '/machines' })
          }}
        >
          <p>{t('nodes.remove.lost')}</p>
          <p>{t('nodes.remove.kept')}</p>
        </AlertDialog>
      </CardBody>
    </Card>
  )
}
