import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import {
  type ContainerAction,
  getInventoryContainers,
  killContainer,
  type MachineContainer,
  restartContainer,
  startContainer,
  stopContainer,
} from '#contract/inventory'
import type { FleetNode } from '#contract/nodes'
import { AlertDialog } from '../../components/ui/alert-dialog.tsx'
import { toast } from '../../components/ui/toast.tsx'
import { call } from '../../lib/api.ts'
import { refreshAll } from '../../lib/query.ts'

export type Asked = { container: MachineContainer; action: ContainerAction }
type Props = { node: FleetNode; asked: Asked; onClose: () => void }

const operations = { start: startContainer, stop: stopContainer, restart: restartContainer, kill: killContainer }
/** An engine gives a container its time to end. */
const TIMEOUT_MS = 140_000

/** Asks first: somebody else made this container, and may count on it. */
export function ActOnContainer({ node, asked: { container, action }, onClose }: Props) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { id, name, image } = container
  return (
    <AlertDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t(`inventory.act.${action}.title`, { name })}
      action={t(`inventory.containers.${action}`)}
      tone={action === 'start' ? 'primary' : 'danger'}
      onConfirm={async () => {
        const params = { id: node.id, containerId: id }
        await call(operations[action], { params }, { timeoutMs: TIMEOUT_MS })
        toast({ title: t(`inventory.act.${action}.done`, { name }), tone: 'done' })
        await refreshAll(client, [getInventoryContainers])
      }}
    >
      <p>{t(`inventory.act.${action}.lead`)}</p>
      <p className="font-mono text-sm break-all">{image}</p>
    </AlertDialog>
  )
}
