import { Menu as Base } from '@base-ui/react/menu'
import { Link } from '@tanstack/react-router'
import { CircleStop, Ellipsis, Play, RotateCw, Settings, Trash2, Zap } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Instance } from '#contract/instances'
import { MenuItem, MenuSeparator } from '../../components/ui/menu.tsx'
import { popupStyle } from '../../components/ui/popup-style.ts'
import { cn } from '../../lib/cn.ts'
import { canDo } from './power.ts'
import { useRowActions } from './row-actions.tsx'
import { RowButton } from './row-button.tsx'

/** What can be done with a server from a row or a card: the likely thing as a button, the rest in a menu. */
export function InstanceActions({ instance }: { instance: Instance }) {
  const { t } = useTranslation()
  const { act } = useRowActions()
  const canStart = canDo('start', instance)
  const canStop = canDo('stop', instance)
  const isStop = canStop && !canStart
  return (
    <span className="inline-flex items-center gap-0.5">
      {instance.rights.includes('instances.power') && (
        <RowButton
          icon={isStop ? CircleStop : Play}
          label={`${t(isStop ? 'instances.stop' : 'instances.start')} ${instance.name}`}
          disabled={!canStart && !canStop}
          onClick={() => act(instance, isStop ? 'stop' : 'start')}
        />
      )}
      <RowMenu instance={instance} />
    </span>
  )
}

/** Until it is opened once, the menu is a button and nothing else: a list has hundreds of them. */
function RowMenu({ instance }: { instance: Instance }) {
  const { t } = useTranslation()
  const [isWanted, setWanted] = useState(false)
  const label = t('instances.actionsOf', { name: instance.name })
  if (!isWanted) {
    return (
      <RowButton
        icon={Ellipsis}
        label={label}
        aria-haspopup="menu"
        aria-expanded={false}
        onClick={() => setWanted(true)}
      />
    )
  }
  return (
    <Base.Root defaultOpen>
      <Base.Trigger render={<RowButton icon={Ellipsis} label={label} />} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align="end" collisionPadding={8} className="z-50 outline-hidden">
          <Base.Popup className={cn(popupStyle, 'max-h-(--available-height) min-w-44 overflow-y-auto p-1')}>
            <Items instance={instance} />
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

function Items({ instance }: { instance: Instance }) {
  const { t } = useTranslation()
  const { act, ask } = useRowActions()
  const mayPower = instance.rights.includes('instances.power')
  const can = (action: 'start' | 'stop' | 'restart' | 'kill') => mayPower && canDo(action, instance)
  return (
    <>
      {can('start') && (
        <MenuItem icon={Play} onClick={() => act(instance, 'start')}>
          {t('instances.start')}
        </MenuItem>
      )}
      {can('stop') && (
        <MenuItem icon={CircleStop} onClick={() => act(instance, 'stop')}>
          {t('instances.stop')}
        </MenuItem>
      )}
      {can('restart') && (
        <MenuItem icon={RotateCw} onClick={() => act(instance, 'restart')}>
          {t('instances.restart')}
        </MenuItem>
      )}
      {can('kill') && (
        <MenuItem icon={Zap} tone="danger" onClick={() => ask(instance, 'kill')}>
          {t('instances.kill')}
        </MenuItem>
      )}
      <MenuItem
        icon={Settings}
        render={<Link to="/servers/$instanceId" params={{ instanceId: instance.id }} search={{ tab: 'settings' }} />}
      >
        {t('instances.settings')}
      </MenuItem>
      {instance.rights.includes('instances.delete') && (
        <>
          <MenuSeparator />
          <MenuItem icon={Trash2} tone="danger" onClick={() => ask(instance, 'delete')}>
            {t('instances.delete')}
          </MenuItem>
        </>
      )}
    </>
  )
}
