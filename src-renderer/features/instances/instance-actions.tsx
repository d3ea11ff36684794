import { Link } from '@tanstack/react-router'
import { CircleStop, Ellipsis, Play, RotateCw, Settings, Trash2, Zap } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Instance } from '#contract/instances'
import { AlertDialog } from '../../components/ui/alert-dialog.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { Menu, MenuItem, MenuSeparator } from '../../components/ui/menu.tsx'
import { toastError } from '../../components/ui/toast.tsx'
import { useCan } from '../../lib/me.ts'
import { DeleteInstance } from './delete-instance.tsx'
import { canDo, type PowerAction } from './power.ts'
import { usePower } from './use-power.ts'

/** What can be done with a server from a row or a card: the likely thing as a button, the rest in a menu. */
export function InstanceActions({ instance }: { instance: Instance }) {
  const { t } = useTranslation()
  const power = usePower()
  const mayPower = useCan('instances.power')
  const mayDelete = useCan('instances.delete')
  const [asked, setAsked] = useState<'kill' | 'delete'>()
  const { id, name } = instance

  const act = (action: PowerAction) => power.mutate({ instance, action }, { onError: (error) => toastError(t(`instances.${action}Failed`, { name }), error) })
  const can = (action: PowerAction) => mayPower && canDo(action, instance)
  const pending = power.isPending ? power.variables.action : undefined
  const isStop = pending === 'stop' || (pending !== 'start' && can('stop') && !can('start'))
  return (
    <span className="inline-flex items-center gap-0.5">
      {mayPower && (
        <IconButton
          icon={isStop ? CircleStop : Play}
          size="sm"
          label={`${t(isStop ? 'instances.stop' : 'instances.start')} ${name}`}
          pending={pending === 'start' || pending === 'stop'}
          disabled={pending === undefined && !can('start') && !can('stop')}
          onClick={() => act(isStop ? 'stop' : 'start')}
        />
      )}
      <Menu trigger={<IconButton icon={Ellipsis} size="sm" label={t('instances.actionsOf', { name })} />}>
        {can('start') && (
          <MenuItem icon={Play} onClick={() => act('start')}>
            {t('instances.start')}
          </MenuItem>
        )}
        {can('stop') && (
          <MenuItem icon={CircleStop} onClick={() => act('stop')}>
            {t('instances.stop')}
          </MenuItem>
        )}
        {can('restart') && (
          <MenuItem icon={RotateCw} onClick={() => act('restart')}>
            {t('instances.restart')}
          </MenuItem>
        )}
        {can('kill') && (
          <MenuItem icon={Zap} tone="danger" onClick={() => setAsked('kill')}>
            {t('instances.kill')}
          </MenuItem>
        )}
        <MenuItem icon={Settings} render={<Link to="/servers/$instanceId" params={{ instanceId: id }} search={{ tab: 'settings' }} />}>
          {t('instances.settings')}
        </MenuItem>
        {mayDelete && (
          <>
            <MenuSeparator />
            <MenuItem icon={Trash2} tone="danger" onClick={() => setAsked('delete')}>
              {t('instances.delete')}
            </MenuItem>
          </>
        )}
      </Menu>
      {asked === 'kill' && (
        <AlertDialog
          open
          onOpenChange={(isOpen) => !isOpen && setAsked(undefined)}
          title={t('instances.killTitle', { name })}
          action={t('instances.kill')}
          onConfirm={() => power.mutateAsync({ instance, action: 'kill' })}
        >
          {t('instances.killHelp')}
        </AlertDialog>
      )}
      {asked === 'delete' && <DeleteInstance instance={instance} open onOpenChange={(isOpen) => !isOpen && setAsked(undefined)} />}
    </span>
  )
}
