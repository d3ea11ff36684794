import { useMutation, useQueryClient } from '@tanstack/react-query'
import { CircleCheck, CircleSlash, Ellipsis, PackageOpen, Truck } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { cordonNode, listMigrations, uncordonNode } from '#contract/migrations'
import { type FleetNode, getNode, listNodes } from '#contract/nodes'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { Menu, MenuItem, MenuSeparator } from '../../components/ui/menu.tsx'
import { toast, toastError } from '../../components/ui/toast.tsx'
import { useCan } from '../../lib/me.ts'
import { mutationFor } from '../../lib/query.ts'
import { DrainDialog } from './drain-dialog.tsx'
import { MoveDialog } from './move-dialog.tsx'

/** Taking a machine out of use, and back. */
export function useScheduling(node: Pick<FleetNode, 'id' | 'name'>) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const stale = [listNodes, getNode, listMigrations]
  const cordon = useMutation(mutationFor(client, cordonNode, stale))
  const uncordon = useMutation(mutationFor(client, uncordonNode, stale))
  const { id, name } = node
  const say = (title: string) => ({
    onSuccess: () => void toast({ title }),
    onError: (error: unknown) => void toastError(name, error),
  })
  return {
    isPending: cordon.isPending || uncordon.isPending,
    cordon: () => cordon.mutate({ params: { id } }, say(t('migrations.machine.cordonDone', { name }))),
    uncordon: () => uncordon.mutate({ params: { id } }, say(t('migrations.machine.uncordonDone', { name }))),
  }
}

/** What can be done with a machine as a whole. */
export function MachineMenu({ node }: { node: FleetNode }) {
  const { t } = useTranslation()
  const mayDrain = useCan('nodes.drain')
  const [shown, show] = useState<'drain' | 'move'>()
  const { cordon, uncordon } = useScheduling(node)
  if (!mayDrain) return null
  const isOut = node.cordoned || node.draining
  return (
    <>
      <Menu trigger={<IconButton icon={Ellipsis} label={t('migrations.machine.menu', { name: node.name })} />}>
        {isOut ? (
          <MenuItem icon={CircleCheck} onClick={uncordon}>
            {t(node.draining ? 'migrations.machine.stopDraining' : 'migrations.machine.uncordon')}
          </MenuItem>
        ) : (
          <MenuItem icon={CircleSlash} onClick={cordon}>
            {t('migrations.machine.cordon')}
          </MenuItem>
        )}
        <MenuSeparator />
        <MenuItem icon={Truck} disabled={node.instance_count === 0} onClick={() => show('move')}>
          {t('migrations.machine.moveAll')}
        </MenuItem>
        <MenuItem icon={PackageOpen} onClick={() => show('drain')}>
          {t('migrations.machine.drain')}
        </MenuItem>
      </Menu>
      <DrainDialog node={node} open={shown === 'drain'} onOpenChange={(open) => show(open ? 'drain' : undefined)} />
      <MoveDialog source={node} open={shown === 'move'} onOpenChange={(open) => show(open ? 'move' : undefined)} />
    </>
  )
}
