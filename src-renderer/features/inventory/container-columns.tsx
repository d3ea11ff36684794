import type { TFunction } from 'i18next'
import { CirclePlay, CircleStop, Ellipsis, FileText, OctagonX, RotateCw } from 'lucide-react'
import type { ContainerAction, MachineContainer } from '#contract/inventory'
import type { Column } from '../../components/ui/column.ts'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { Menu, MenuItem, MenuSeparator } from '../../components/ui/menu.tsx'
import { StatusDot } from '../../components/ui/status-dot.tsx'
import { NameCell, serverColumn } from './shared-columns.tsx'

type Parts = {
  names: ReadonlyMap<string, string>
  /** Absent where one may not. */
  onLogs: ((container: MachineContainer) => void) | undefined
  onAct: ((asked: { container: MachineContainer; action: ContainerAction }) => void) | undefined
}

const tones: Record<string, 'running' | 'busy' | 'error' | 'stopped'> = {
  running: 'running',
  restarting: 'busy',
  paused: 'busy',
  removing: 'busy',
  dead: 'error',
}

const known = ['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead'] as const
function stateText(t: TFunction, state: string): string {
  const name = known.find((one) => one === state)
  return name ? t(`inventory.containers.states.${name}`) : state
}

const portText = ({ host_port, container_port, protocol }: MachineContainer['ports'][number]) =>
  host_port === null ? `${container_port}/${protocol}` : `${host_port} → ${container_port}/${protocol}`

export const containerColumns = (t: TFunction, { names, onLogs, onAct }: Parts): Column<MachineContainer>[] => [
  {
    id: 'name',
    header: t('inventory.containers.name'),
    sortBy: ({ name }) => name,
    cell: ({ name, image, instance_id: instanceId }) => (
      <NameCell name={name} detail={image} instanceId={instanceId} names={names} />
    ),
  },
  {
    id: 'state',
    header: t('inventory.containers.state'),
    width: 'w-28 sm:w-52',
    sortBy: ({ state }) => state,
    cell: ({ state, status }) => (
      <div className="min-w-0 py-1" title={status}>
        <StatusDot tone={tones[state] ?? 'stopped'}>{stateText(t, state)}</StatusDot>
        {/* The engine's own words: since when, or how it ended. */}
        <span className="block truncate pl-3.5 text-xs text-muted max-sm:hidden">{status}</span>
      </div>
    ),
  },
  serverColumn(t, names),
  {
    id: 'ports',
    header: t('inventory.containers.ports'),
    width: 'w-40',
    from: 'md',
    cell: ({ ports }) => {
      // The engine lists a port once for each family of addresses.
      const text = [...new Set(ports.map(portText))].join(', ')
      return (
        <span className="font-mono text-sm" title={text}>
          {text || '–'}
        </span>
      )
    },
  },
  {
    id: 'networks',
    header: t('inventory.containers.networks'),
    width: 'w-32',
    from: 'xl',
    cell: ({ networks }) => networks.join(', ') || '–',
  },
  {
    id: 'id',
    header: t('inventory.containers.id'),
    width: 'w-32',
    from: 'xl',
    isHiddenAtFirst: true,
    cell: ({ id }) => <span className="font-mono text-sm">{id.slice(0, 12)}</span>,
  },
  {
    id: 'actions',
    header: t('inventory.actions'),
    width: 'w-18',
    align: 'right',
    canHide: false,
    cell: (container) => {
      if (container.instance_id || !onLogs || !onAct) return null
      const act = (action: ContainerAction) => () => onAct({ container, action })
      const isRunning = container.state === 'running' || container.state === 'restarting'
      return (
        <Menu
          trigger={
            <IconButton
              icon={Ellipsis}
              size="sm"
              label={t('inventory.containers.actionsOf', { name: container.name })}
            />
          }
        >
          <MenuItem icon={FileText} onClick={() => onLogs(container)}>
            {t('inventory.containers.logs')}
          </MenuItem>
          <MenuSeparator />
          {isRunning ? (
            <>
              <MenuItem icon={CircleStop} onClick={act('stop')}>
                {t('inventory.containers.stop')}
              </MenuItem>
              <MenuItem icon={RotateCw} onClick={act('restart')}>
                {t('inventory.containers.restart')}
              </MenuItem>
              <MenuItem icon={OctagonX} tone="danger" onClick={act('kill')}>
                {t('inventory.containers.kill')}
              </MenuItem>
            </>
          ) : (
            <MenuItem icon={CirclePlay} onClick={act('start')}>
              {t('inventory.containers.start')}
            </MenuItem>
          )}
        </Menu>
      )
    },
  },
]
